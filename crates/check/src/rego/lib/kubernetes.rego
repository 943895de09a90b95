package lib.kubernetes

import rego.v1

default is_gatekeeper := false

is_gatekeeper if input.review.object

object := input.review.object if is_gatekeeper

object := input if not is_gatekeeper

format(message) := {"msg": message} if is_gatekeeper

format(message) := message if not is_gatekeeper

name := object.metadata.name

default namespace := "default"

namespace := object.metadata.namespace

kind := object.kind

api_version := object.apiVersion

is_pod if kind == "Pod"

is_cronjob if kind == "CronJob"

default is_controller := false

is_controller if {
	kind in {
		"Deployment",
		"DeploymentConfig",
		"StatefulSet",
		"DaemonSet",
		"ReplicaSet",
		"ReplicationController",
		"Job",
	}
}

is_role_binding_kind if kind in {"RoleBinding", "ClusterRoleBinding"}

pods contains object if is_pod

pods contains object.spec.template if is_controller

pods contains object.spec.jobTemplate.spec.template if is_cronjob

pod_containers(pod) := [container |
	some place in ["containers", "initContainers", "ephemeralContainers"]
	some container in pod.spec[place]
]

containers contains container if {
	some pod in pods
	some container in pod_containers(pod)
}

volumes contains volume if {
	some pod in pods
	some volume in pod.spec.volumes
}

annotations contains pod.metadata.annotations if some pod in pods

host_ipcs contains pod.spec.hostIPC if some pod in pods

host_networks contains pod.spec.hostNetwork if some pod in pods

host_pids contains pod.spec.hostPID if some pod in pods

host_aliases contains pod.spec if some pod in pods

split_image(image) := [image, "latest"] if not contains(image, ":")

split_image(image) := parts if {
	parts := split(image, ":")
	count(parts) == 2
}

added_capability(container, name) if name in container.securityContext.capabilities.add

dropped_capability(container, name) if name in container.securityContext.capabilities.drop

has_field(value, field) if value[field]

command_has_flag(command, flag) if {
	some word in command
	regex.match(flag, word)
}
