{{/* What the worker reads: streamward.toml, environment variables, and the files that they name. */}}

{{/* Settings of the connection, which the Job of the topics needs as well. */}}
{{- define "streamward.connection" -}}
{{- $kafka := .Values.kafka -}}
{{- $settings := dict "brokers" (join "," $kafka.brokers) "security_protocol" $kafka.securityProtocol -}}
{{- if $kafka.sasl.mechanism -}}
{{- $_ := set $settings "sasl_mechanism" $kafka.sasl.mechanism -}}
{{- $_ := set $settings "sasl_password_file" "/etc/streamward/sasl/password" -}}
{{- end -}}
{{- if or $kafka.tls.ca.existingSecret $kafka.tls.ca.existingConfigMap -}}
{{- $_ := set $settings "tls_ca_file" "/etc/streamward/ca/ca.crt" -}}
{{- end -}}
{{- if $kafka.tls.client.existingSecret -}}
{{- $_ := set $settings "tls_cert_file" "/etc/streamward/client/tls.crt" -}}
{{- $_ := set $settings "tls_key_file" "/etc/streamward/client/tls.key" -}}
{{- end -}}
{{- toJson $settings -}}
{{- end -}}

{{/* TOML of a flat map. JSON's numbers, texts and lists are TOML's, too. */}}
{{- define "streamward.toml" -}}
{{- range $name, $value := . }}
{{- if not (kindIs "invalid" $value) }}
{{ $name }} = {{ toJson $value }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "streamward.settings" -}}
{{- $settings := merge (include "streamward.connection" . | fromJson) (deepCopy .Values.config) -}}
{{- range .Values.packs -}}
{{- $list := eq (default "enforce" .mode) "shadow" | ternary "shadow_packs" "packs" -}}
{{- $_ := set $settings $list (append (get $settings $list) (printf "/etc/streamward/packs/%s" .name)) -}}
{{- end -}}
{{- if or .Values.approvals.existingSecret .Values.approvals.existingConfigMap -}}
{{- $_ := set $settings "approvals" "/etc/streamward/approvals/approvals.jsonl" -}}
{{- end -}}
{{- $_ := set $settings "http_port" .Values.http.port -}}
{{- include "streamward.toml" $settings | trim -}}
{{- end -}}

{{/* In the environment, where KEDA finds it, too. */}}
{{- define "streamward.saslUsername" -}}
{{- $sasl := .Values.kafka.sasl -}}
{{- if $sasl.mechanism }}
- name: STREAMWARD_SASL_USERNAME
  {{- if $sasl.username }}
  value: {{ $sasl.username | quote }}
  {{- else }}
  valueFrom:
    secretKeyRef:
      name: {{ $sasl.existingSecret | quote }}
      key: {{ $sasl.usernameKey | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "streamward.env" -}}
- name: STREAMWARD_CONFIG
  value: /etc/streamward/config/streamward.toml
- name: STREAMWARD_HTTP_HOST
  value: {{ .Values.http.host | quote }}
{{- include "streamward.saslUsername" . }}
{{- if .Values.kafka.staticMembership.enabled }}
- name: STREAMWARD_GROUP_INSTANCE_ID
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{- end }}
{{- with .Values.extraEnv }}
{{ include "streamward.rendered" (dict "root" $ "value" .) }}
{{- end }}
{{- end -}}

{{/* Volumes of the connection. */}}
{{- define "streamward.connectionVolumes" -}}
{{- $kafka := .Values.kafka -}}
- name: scratch
  emptyDir:
    sizeLimit: {{ .Values.scratchSizeLimit | quote }}
{{- if $kafka.sasl.mechanism }}
- name: sasl
  secret:
    secretName: {{ $kafka.sasl.existingSecret | quote }}
    defaultMode: 0440
    items:
      - {key: {{ $kafka.sasl.passwordKey | quote }}, path: password}
{{- end }}
{{- if $kafka.tls.ca.existingSecret }}
- name: ca
  secret:
    secretName: {{ $kafka.tls.ca.existingSecret | quote }}
    defaultMode: 0440
    items:
      - {key: {{ $kafka.tls.ca.key | quote }}, path: ca.crt}
{{- else if $kafka.tls.ca.existingConfigMap }}
- name: ca
  configMap:
    name: {{ $kafka.tls.ca.existingConfigMap | quote }}
    defaultMode: 0440
    items:
      - {key: {{ $kafka.tls.ca.key | quote }}, path: ca.crt}
{{- end }}
{{- if $kafka.tls.client.existingSecret }}
- name: client
  secret:
    secretName: {{ $kafka.tls.client.existingSecret | quote }}
    defaultMode: 0440
    items:
      - {key: {{ $kafka.tls.client.certKey | quote }}, path: tls.crt}
      - {key: {{ $kafka.tls.client.keyKey | quote }}, path: tls.key}
{{- end }}
{{- end -}}

{{- define "streamward.connectionMounts" -}}
- {name: scratch, mountPath: /tmp}
- {name: config, mountPath: /etc/streamward/config, readOnly: true}
{{- if .Values.kafka.sasl.mechanism }}
- {name: sasl, mountPath: /etc/streamward/sasl, readOnly: true}
{{- end }}
{{- if or .Values.kafka.tls.ca.existingSecret .Values.kafka.tls.ca.existingConfigMap }}
- {name: ca, mountPath: /etc/streamward/ca, readOnly: true}
{{- end }}
{{- if .Values.kafka.tls.client.existingSecret }}
- {name: client, mountPath: /etc/streamward/client, readOnly: true}
{{- end }}
{{- end -}}

{{- define "streamward.volumes" -}}
{{ include "streamward.connectionVolumes" . }}
- name: config
  configMap:
    name: {{ include "streamward.fullname" . }}-config
    defaultMode: 0440
{{- if .Values.approvals.existingSecret }}
- name: approvals
  secret:
    secretName: {{ .Values.approvals.existingSecret | quote }}
    defaultMode: 0440
    items:
      - {key: {{ .Values.approvals.key | quote }}, path: approvals.jsonl}
{{- else if .Values.approvals.existingConfigMap }}
- name: approvals
  configMap:
    name: {{ .Values.approvals.existingConfigMap | quote }}
    defaultMode: 0440
    items:
      - {key: {{ .Values.approvals.key | quote }}, path: approvals.jsonl}
{{- end }}
{{- range .Values.packs }}
- name: pack-{{ .name }}
  configMap:
    name: {{ default (printf "%s-pack-%s" (include "streamward.fullname" $) .name) .existingConfigMap }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{- define "streamward.mounts" -}}
{{ include "streamward.connectionMounts" . }}
{{- if or .Values.approvals.existingSecret .Values.approvals.existingConfigMap }}
- {name: approvals, mountPath: /etc/streamward/approvals, readOnly: true}
{{- end }}
{{- range .Values.packs }}
- {name: pack-{{ .name }}, mountPath: /etc/streamward/packs/{{ .name }}, readOnly: true}
{{- end }}
{{- end -}}
