{{/* What the schema cannot say, or does not get to say when it is skipped. All messages at once. */}}

{{- define "streamward.validate" -}}
{{- $messages := list -}}
{{- range list "deprecated" "workload" "connection" "policy" "scaling" "monitoring" -}}
{{- $found := include (printf "streamward.validate.%s" .) $ | trim -}}
{{- if $found }}{{- $messages = append $messages $found }}{{- end -}}
{{- end -}}
{{- with $messages -}}
{{- printf "\n\nThe values of chart %s cannot be used:\n%s\n" $.Chart.Name (join "\n" .) | fail -}}
{{- end -}}
{{- end -}}

{{- define "streamward.validate.deprecated" -}}
{{- range $key, $text := .Files.Get "files/deprecated.yaml" | fromYaml -}}
{{- if hasKey $.Values $key }}
- {{ $key }} {{ $text }}; see UPGRADING.md of the chart
{{- end }}
{{- end }}
{{- end -}}

{{- define "streamward.validate.workload" -}}
{{- $kind := .Values.workload.kind -}}
{{- $drain := int .Values.config.drain_timeout -}}
{{- $grace := int .Values.terminationGracePeriodSeconds -}}
{{- if not (has $kind (list "Deployment" "StatefulSet")) }}
- workload.kind {{ $kind | quote }}: give Deployment or StatefulSet
{{- end }}
{{- if lt (int .Values.replicas) 0 }}
- replicas {{ .Values.replicas }}: give 0 or more
{{- end }}
{{- if lt $grace (add $drain 10 | int) }}
- terminationGracePeriodSeconds {{ $grace }}: must be at least config.drain_timeout and 10, which is {{ add $drain 10 }}
{{- end }}
{{- if .Values.kafka.staticMembership.enabled }}
{{- if ne $kind "StatefulSet" }}
- kafka.staticMembership.enabled: only with workload.kind StatefulSet; a pod of a Deployment never comes back under its name, and its partitions would wait for the session timeout
{{- end }}
{{- if lt (int .Values.config.session_timeout) (add $drain 20 | int) }}
- config.session_timeout {{ .Values.config.session_timeout }}: with kafka.staticMembership.enabled it must outlast a restart; give config.drain_timeout and 20, which is {{ add $drain 20 }}, or more
{{- end }}
{{- end }}
{{- $budget := .Values.podDisruptionBudget -}}
{{- if and (not (kindIs "invalid" $budget.minAvailable)) (not (kindIs "invalid" $budget.maxUnavailable)) }}
- podDisruptionBudget: give minAvailable or maxUnavailable, not both
{{- end }}
{{- end -}}

{{- define "streamward.validate.connection" -}}
{{- $kafka := .Values.kafka -}}
{{- $sasl := hasPrefix "SASL" $kafka.securityProtocol -}}
{{- $tls := hasSuffix "SSL" $kafka.securityProtocol -}}
{{- range $kafka.brokers }}
{{- if not (regexMatch "^[^\\s,]+:[0-9]{1,5}$" .) }}
- kafka.brokers {{ . | quote }}: give host:port
{{- end }}
{{- end }}
{{- if not $kafka.brokers }}
- kafka.brokers: name at least one broker as host:port
{{- end }}
{{- if and $sasl (not $kafka.sasl.mechanism) }}
- kafka.sasl.mechanism: kafka.securityProtocol {{ $kafka.securityProtocol }} needs PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
{{- end }}
{{- if and $sasl (not $kafka.sasl.existingSecret) }}
- kafka.sasl.existingSecret: kafka.securityProtocol {{ $kafka.securityProtocol }} needs a Secret with the password
{{- end }}
{{- if and (not $sasl) (or $kafka.sasl.mechanism $kafka.sasl.existingSecret $kafka.sasl.username) }}
- kafka.sasl: would be ignored; set kafka.securityProtocol to SASL_SSL or SASL_PLAINTEXT
{{- end }}
{{- if and (not $tls) (or $kafka.tls.ca.existingSecret $kafka.tls.ca.existingConfigMap $kafka.tls.client.existingSecret) }}
- kafka.tls: would be ignored; set kafka.securityProtocol to SSL or SASL_SSL
{{- end }}
{{- if and $kafka.tls.ca.existingSecret $kafka.tls.ca.existingConfigMap }}
- kafka.tls.ca: give existingSecret or existingConfigMap, not both
{{- end }}
{{- end -}}

{{- define "streamward.validate.policy" -}}
{{- $config := .Values.config -}}
{{- $enforced := default list $config.packs -}}
{{- $names := list -}}
{{- range .Values.packs }}
{{- $names = append $names .name }}
{{- if ne (default "enforce" .mode) "shadow" }}{{- $enforced = append $enforced .name }}{{- end }}
{{- if eq (empty .existingConfigMap) (empty .files) }}
- packs {{ .name | quote }}: give existingConfigMap or files, one of them
{{- end }}
{{- end }}
{{- if ne (len $names) (len (uniq $names)) }}
- packs: each needs a name of its own
{{- end }}
{{- if not $enforced }}
- config.packs: is empty and packs enforces none; name at least one pack
{{- end }}
{{- range $name := default list $config.packs }}
{{- if has $name (default list $config.shadow_packs) }}
- config.shadow_packs {{ $name | quote }}: is enforced already by config.packs
{{- end }}
{{- end }}
{{- if and .Values.approvals.existingSecret .Values.approvals.existingConfigMap }}
- approvals: give existingSecret or existingConfigMap, not both
{{- end }}
{{- $topics := compact (list $config.topic_requests $config.topic_decisions $config.topic_rejects) -}}
{{- if ne (len $topics) (len (uniq $topics)) }}
- config.topic_requests, topic_decisions, topic_rejects: must be three topics
{{- end }}
{{- end -}}

{{- define "streamward.validate.scaling" -}}
{{- $hpa := .Values.autoscaling -}}
{{- $keda := .Values.keda -}}
{{- if and $hpa.enabled $keda.enabled }}
- autoscaling.enabled and keda.enabled: KEDA makes an autoscaler of its own; enable one of them
{{- end }}
{{- if and $hpa.enabled (gt (int $hpa.minReplicas) (int $hpa.maxReplicas)) }}
- autoscaling.minReplicas {{ $hpa.minReplicas }}: is above maxReplicas {{ $hpa.maxReplicas }}
{{- end }}
{{- if and $hpa.enabled (kindIs "invalid" $hpa.targetCPUUtilizationPercentage) (kindIs "invalid" $hpa.targetMemoryUtilizationPercentage) (not $hpa.metrics) }}
- autoscaling: has nothing to go by; give targetCPUUtilizationPercentage or metrics
{{- end }}
{{- if and $keda.enabled (gt (int $keda.minReplicaCount) (int $keda.maxReplicaCount)) }}
- keda.minReplicaCount {{ $keda.minReplicaCount }}: is above maxReplicaCount {{ $keda.maxReplicaCount }}
{{- end }}
{{- end -}}

{{- define "streamward.validate.monitoring" -}}
{{- if and .Values.metrics.podMonitor.enabled .Values.metrics.serviceMonitor.enabled }}
- metrics.podMonitor.enabled and metrics.serviceMonitor.enabled: every worker would be scraped twice; enable one of them
{{- end }}
{{- if and .Values.prometheusRule.enabled }}
{{- $known := include "streamward.alertNames" . | fromJsonArray }}
{{- $named := concat .Values.prometheusRule.disabled (keys .Values.prometheusRule.thresholds) (keys .Values.prometheusRule.overrides) }}
{{- range $named | uniq | sortAlpha }}
{{- if not (has . $known) }}
- prometheusRule {{ . | quote }}: there is no such alert; there are {{ join ", " $known }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
