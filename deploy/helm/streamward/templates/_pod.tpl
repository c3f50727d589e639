{{/* The pod of a worker, the same in a Deployment and in a StatefulSet. */}}

{{- define "streamward.podTemplate" -}}
metadata:
  labels:
    {{- include "streamward.labels" (dict "root" . "pod" true "labels" .Values.podLabels) | nindent 4 }}
  annotations:
    {{- include "streamward.podAnnotations" . | nindent 4 }}
spec:
  serviceAccountName: {{ include "streamward.serviceAccountName" . }}
  {{- include "streamward.podBasics" . | nindent 2 }}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with include "streamward.placement" . | trim }}{{ nindent 2 . }}{{ end }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- include "streamward.rendered" (dict "root" $ "value" .) | nindent 4 }}
  {{- end }}
  containers:
    - name: worker
      {{- include "streamward.container" . | nindent 6 }}
    {{- with .Values.extraContainers }}
    {{- include "streamward.rendered" (dict "root" $ "value" .) | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "streamward.volumes" . | nindent 4 }}
    {{- with .Values.extraVolumes }}
    {{- include "streamward.rendered" (dict "root" $ "value" .) | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Checksums only of what the chart owns; for the rest there is restartToken. */}}
{{- define "streamward.podAnnotations" -}}
{{- $ours := dict "checksum/config" (include "streamward.settings" . | sha256sum) -}}
{{- $owned := list -}}
{{- range .Values.packs }}{{- if not .existingConfigMap }}{{- $owned = append $owned . }}{{- end }}{{- end -}}
{{- if $owned }}{{- $_ := set $ours "checksum/packs" (toJson $owned | sha256sum) }}{{- end -}}
{{- if .Values.restartToken }}{{- $_ := set $ours "streamward/restart-token" .Values.restartToken }}{{- end -}}
{{- if .Values.metrics.annotations -}}
{{- $_ := set $ours "prometheus.io/scrape" "true" -}}
{{- $_ := set $ours "prometheus.io/port" (toString .Values.http.port) -}}
{{- $_ := set $ours "prometheus.io/path" "/metrics" -}}
{{- end -}}
{{- merge $ours .Values.podAnnotations .Values.commonAnnotations | toYaml -}}
{{- end -}}

{{/* What every pod of the chart has. */}}
{{- define "streamward.podBasics" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- include "streamward.imagePullSecrets" . }}
securityContext:
  {{- include "streamward.securityContext" (dict "root" . "context" .Values.podSecurityContext) | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
{{- with .Values.schedulerName }}
schedulerName: {{ . | quote }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "streamward.placement" -}}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  {{- $constraint := deepCopy . }}
  {{- if not (hasKey . "labelSelector") }}
  {{- $_ := set $constraint "labelSelector" (dict "matchLabels" (include "streamward.selectorLabels" $ | fromYaml)) }}
  {{- $matches := semverCompare ">=1.27-0" $.Capabilities.KubeVersion.Version }}
  {{- if and $matches (eq $.Values.workload.kind "Deployment") (not (hasKey . "matchLabelKeys")) }}
  {{- $_ := set $constraint "matchLabelKeys" (list "pod-template-hash") }}
  {{- end }}
  {{- end }}
  {{- list $constraint | toYaml | nindent 2 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Image and rights of a container of the chart. */}}
{{- define "streamward.containerBasics" -}}
image: {{ include "streamward.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- include "streamward.securityContext" (dict "root" . "context" .Values.securityContext) | nindent 2 }}
workingDir: /tmp
{{- end -}}

{{- define "streamward.container" -}}
{{ include "streamward.containerBasics" . }}
{{- if .Values.diagnosticMode.enabled }}
command: {{ toJson .Values.diagnosticMode.command }}
args: []
{{- else }}
{{- with .Values.command }}
command: {{ toJson . }}
{{- end }}
{{- with .Values.args }}
args:
  {{- include "streamward.rendered" (dict "root" $ "value" .) | nindent 2 }}
{{- else }}
args: [worker]
{{- end }}
{{- end }}
env:
  {{- include "streamward.env" . | nindent 2 }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - name: http
    containerPort: {{ .Values.http.port }}
    protocol: TCP
{{- if not .Values.diagnosticMode.enabled }}
{{- include "streamward.probe" (dict "name" "startupProbe" "probe" .Values.startupProbe "path" "/livez") }}
{{- include "streamward.probe" (dict "name" "livenessProbe" "probe" .Values.livenessProbe "path" "/livez") }}
{{- include "streamward.probe" (dict "name" "readinessProbe" "probe" .Values.readinessProbe "path" "/readyz") }}
{{- end }}
{{- with .Values.lifecycle }}
lifecycle:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  {{- include "streamward.mounts" . | nindent 2 }}
  {{- with .Values.extraVolumeMounts }}
  {{- include "streamward.rendered" (dict "root" $ "value" .) | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* A probe of the worker's door, unless it brings a handler of its own. Arguments: name, probe, path. */}}
{{- define "streamward.probe" -}}
{{- if .probe.enabled }}
{{- $probe := omit .probe "enabled" }}
{{- if not (or .probe.httpGet .probe.exec .probe.tcpSocket .probe.grpc) }}
{{- $_ := set $probe "httpGet" (dict "path" .path "port" "http") }}
{{- end }}
{{ .name }}:
  {{- toYaml $probe | nindent 2 }}
{{- end }}
{{- end -}}
