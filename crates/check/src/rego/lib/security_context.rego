package lib.k8s_sec_context

import rego.v1

inherited := {
	"runAsGroup",
	"runAsNonRoot",
	"runAsUser",
	"seLinuxOptions",
	"seccompProfile",
	"windowsOptions",
}

# What a container says itself stands over what its pod says.
resolve_container_sec_context(pod, container) := object.union(
	{name: value |
		some name, value in object.get(pod, ["spec", "securityContext"], {})
		name in inherited
	},
	object.get(container, "securityContext", {}),
)
