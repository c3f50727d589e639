{{/* Names, labels and the image. */}}

{{- define "streamward.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 52 characters: a StatefulSet adds eleven to it in a label, and other objects a word. */}}
{{- define "streamward.fullname" -}}
{{- $name := include "streamward.name" . -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- default $full .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "streamward.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "streamward.serviceAccountName" -}}
{{- default (ternary (include "streamward.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{/* What selects the workers. It must never change in the life of a release. */}}
{{- define "streamward.selectorLabels" -}}
app.kubernetes.io/name: {{ include "streamward.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: worker
{{- end -}}

{{/* All labels of an object. Arguments: root, component, labels of its own, and pod: without the chart's version, so that a
new chart alone restarts nothing. */}}
{{- define "streamward.labels" -}}
{{- $root := .root -}}
{{- $version := default $root.Chart.AppVersion $root.Values.image.tag | replace "+" "_" | replace ":" "_" | trunc 63 -}}
{{- $ours := dict
  "app.kubernetes.io/name" (include "streamward.name" $root)
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/component" (default "worker" .component)
  "app.kubernetes.io/managed-by" $root.Release.Service
  "app.kubernetes.io/version" ($version | trimSuffix "-" | trimSuffix "_" | trimSuffix ".")
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
-}}
{{- if .pod }}{{ $ours = omit $ours "helm.sh/chart" }}{{ end -}}
{{- merge $ours (default dict .labels) $root.Values.commonLabels | toYaml -}}
{{- end -}}

{{/* The whole metadata of an object. Arguments: root, suffix, component, namespace, labels, annotations. */}}
{{- define "streamward.metadata" -}}
{{- $annotations := merge (dict) (default dict .annotations) .root.Values.commonAnnotations -}}
name: {{ include "streamward.fullname" .root }}{{ .suffix }}
namespace: {{ default (include "streamward.namespace" .root) .namespace }}
labels:
  {{- include "streamward.labels" . | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "streamward.image" -}}
{{- $image := .Values.image -}}
{{- $registry := default $image.registry .Values.global.imageRegistry -}}
{{- $path := list $registry $image.repository | compact | join "/" -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $path $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $path (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "streamward.imagePullSecrets" -}}
{{- with concat .Values.global.imagePullSecrets .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ if kindIs "map" . }}{{ quote .name }}{{ else }}{{ quote . }}{{ end }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* A security context, without what OpenShift chooses itself. Arguments: root, context. */}}
{{- define "streamward.securityContext" -}}
{{- if .root.Values.openshift -}}
{{- omit .context "runAsUser" "runAsGroup" "fsGroup" | toYaml -}}
{{- else -}}
{{- toYaml .context -}}
{{- end -}}
{{- end -}}

{{/* A list or map of the values with its templates rendered. Arguments: root, value. */}}
{{- define "streamward.rendered" -}}
{{- tpl (kindIs "string" .value | ternary .value (toYaml .value)) .root -}}
{{- end -}}
