package lib.docker

import rego.v1

of(name) := {command |
	some stage in input.Stages
	some command in stage.Commands
	command.Cmd == name
}

by_stage(name) := {stage: commands |
	some stage in input.Stages
	commands := [command |
		some command in stage.Commands
		command.Cmd == name
	]
}

from contains command if some command in of("from")

add contains command if some command in of("add")

run contains command if some command in of("run")

copy contains command if some command in of("copy")

entrypoint contains command if some command in of("entrypoint")

expose contains command if some command in of("expose")

user contains command if some command in of("user")

workdir contains command if some command in of("workdir")

healthcheck contains command if some command in of("healthcheck")

stage_copies := by_stage("copy")

stage_entrypoints := by_stage("entrypoint")

stage_cmd := by_stage("cmd")

stage_healthcheck := by_stage("healthcheck")

stage_user := by_stage("user")
