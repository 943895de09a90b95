//! From the files of CI systems to the scripts these would run, in order.

use super::root;
use serde_json::Value;
use std::fs;

/// One script, as a system runs it.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) shell: &'static [&'static str],
    pub(super) text: String,
    pub(super) environment: Vec<(String, String)>,
    /// Whether it runs after another failed.
    pub(super) always: bool,
}

const BASH: &[&str] = &["bash", "-e", "-o", "pipefail"];
const SH: &[&str] = &["sh", "-e"];

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(super) fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map(|list| list.iter().collect()).unwrap_or_default()
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn pairs(value: &Value) -> Vec<(String, String)> {
    let pairs = value.as_object().into_iter().flatten();
    pairs.map(|(name, value)| (name.clone(), word(value))).collect()
}

/// The steps of the workflow's job, that of the action among them.
pub(super) fn github() -> Vec<Script> {
    let workflow = yaml("examples/ci/github/.github/workflows/image.yml");
    let mut scripts = Vec::new();
    for step in list(&workflow["jobs"]["image"]["steps"]) {
        let always = word(&step["if"]).contains("always()");
        let mut environment = Vec::new();
        let text = if step["uses"] == "./.lazaret" {
            environment = inputs(&step["with"]);
            root().join("ci/github/scan.sh").display().to_string()
        } else {
            word(&step["run"])
        };
        scripts.push(Script { shell: BASH, text, environment, always });
    }
    scripts
}

/// Inputs as the action hands them over. The sample's variables are not set.
fn inputs(with: &Value) -> Vec<(String, String)> {
    let mut environment = vec![("INPUT_PATH_TO_BINARY".to_owned(), "lazaret".to_owned())];
    let action = yaml("action.yml");
    for (name, value) in pairs(with) {
        assert!(action["inputs"].get(&name).is_some(), "{name} is no input of the action");
        let value = match value.as_str() {
            "${{ env.IMAGE }}" => "registry.example.org/shop/ferry:1.0".to_owned(),
            value if value.starts_with("${{") => String::new(),
            _ => value,
        };
        environment.push((format!("INPUT_{}", name.to_uppercase().replace('-', "_")), value));
    }
    environment
}

/// The jobs of both files, by stage.
pub(super) fn gitlab() -> Vec<Script> {
    let sample = yaml("examples/ci/gitlab/.gitlab-ci.yml");
    let file = word(&sample["include"][0]["file"]);
    let included = yaml(&file);
    let job = |name: &str| sample.get(name).or_else(|| included.get(name)).cloned();
    let global = pairs(&sample["variables"]);
    let mut scripts = Vec::new();
    for stage in list(&sample["stages"]) {
        let jobs = included.as_object().unwrap().iter().chain(sample.as_object().unwrap());
        for (_, found) in jobs.filter(|(_, job)| &job["stage"] == stage) {
            let base = found["extends"].as_str().map(|base| job(base).expect(base));
            let base = base.unwrap_or_default();
            let mut lines = Vec::new();
            for (name, value) in global.iter().chain(&pairs(&base["variables"])) {
                lines.push(format!("export {name}=\"{value}\""));
            }
            lines.extend(list(&base["before_script"]).into_iter().map(word));
            lines.extend(list(&found["script"]).into_iter().map(word));
            scripts.push(Script {
                shell: SH,
                text: lines.join("\n"),
                environment: Vec::new(),
                always: found["when"] == "always",
            });
        }
    }
    scripts
}

/// The steps, those of the template among them.
pub(super) fn azure() -> Vec<Script> {
    let sample = yaml("examples/ci/azure/azure-pipelines.yml");
    let mut scripts = Vec::new();
    for step in list(&sample["steps"]) {
        let Some(template) = step["template"].as_str() else {
            scripts.push(azure_step(step, &[]));
            continue;
        };
        let template = yaml(template.strip_suffix("@lazaret").unwrap());
        let given = pairs(&step["parameters"]);
        let mut parameters = Vec::new();
        for parameter in list(&template["parameters"]) {
            let name = word(&parameter["name"]);
            let value = given.iter().find(|(one, _)| *one == name).map(|(_, value)| value.clone());
            parameters.push((name, value.unwrap_or_else(|| word(&parameter["default"]))));
        }
        for (name, _) in &given {
            assert!(parameters.iter().any(|(known, _)| known == name), "{name} is no parameter");
        }
        scripts.extend(list(&template["steps"]).into_iter().map(|s| azure_step(s, &parameters)));
    }
    scripts
}

fn azure_step(step: &Value, parameters: &[(String, String)]) -> Script {
    let environment = pairs(&step["env"])
        .into_iter()
        .map(|(name, mut value)| {
            for (parameter, given) in parameters {
                let expression = format!("${{{{ parameters.{parameter} }}}}");
                // Azure writes booleans so.
                let given = if given == "true" { "True" } else { given };
                value = value.replace(&expression, given);
            }
            (name, value.replace("$(Build.ArtifactStagingDirectory)", "{staging}"))
        })
        .collect();
    let always = word(&step["condition"]).contains("succeededOrFailed()");
    Script { shell: BASH, text: word(&step["bash"]), environment, always }
}

/// The steps of the job, those of the orb's commands among them.
pub(super) fn circleci() -> Vec<Script> {
    let sample = yaml("examples/ci/circleci/.circleci/config.yml");
    let orb = yaml("ci/circleci/orb.yml");
    let mut scripts = Vec::new();
    for step in list(&sample["jobs"]["image"]["steps"]) {
        let (name, given) = match step {
            Value::String(name) => (name.clone(), Value::Null),
            step => step
                .as_object()
                .unwrap()
                .iter()
                .next()
                .map(|(n, v)| (n.clone(), v.clone()))
                .unwrap(),
        };
        if let Some(name) = name.strip_prefix("lazaret/") {
            let command = &orb["commands"][name];
            let mut parameters = pairs(&given);
            for (parameter, declared) in command["parameters"].as_object().into_iter().flatten() {
                if !parameters.iter().any(|(name, _)| name == parameter) {
                    parameters.push((parameter.clone(), word(&declared["default"])));
                }
            }
            for inner in list(&command["steps"]) {
                scripts.push(circleci_step(&inner["run"], &parameters));
            }
        } else if name == "run" {
            scripts.push(circleci_step(&given, &[]));
        }
    }
    scripts
}

fn circleci_step(run: &Value, parameters: &[(String, String)]) -> Script {
    let fill = |mut text: String| {
        for (name, value) in parameters {
            text = text.replace(&format!("<< parameters.{name} >>"), value);
        }
        assert!(!text.contains("<< "), "{text}");
        text
    };
    let environment =
        pairs(&run["environment"]).into_iter().map(|(name, value)| (name, fill(value))).collect();
    let always = run["when"] == "always";
    Script { shell: BASH, text: fill(word(&run["command"])), environment, always }
}

/// What stands between `sh '''` and `'''`.
pub(super) fn jenkins() -> Vec<Script> {
    let file = text("examples/ci/jenkins/Jenkinsfile");
    let mut scripts = Vec::new();
    let mut rest = file.as_str();
    while let Some((before, after)) = rest.split_once("sh '''") {
        let (script, after) = after.split_once("'''").unwrap();
        assert!(
            !script.contains('\\') || !script.contains("\\\\"),
            "Groovy would read it otherwise"
        );
        scripts.push(Script {
            // Groovy takes a backslash at the end of a line for a continued line, as the shell does.
            shell: &["sh", "-x", "-e"],
            text: script.to_owned(),
            environment: Vec::new(),
            always: before.contains("always {"),
        });
        rest = after;
    }
    assert_eq!(file.matches('{').count(), file.matches('}').count(), "a brace is missing");
    scripts
}

/// The steps of the tasks, in order, then those of `finally`.
pub(super) fn tekton() -> Vec<Script> {
    let pipeline = yaml("examples/ci/tekton/pipeline.yaml");
    let gate = yaml("ci/tekton/lazaret-gate.yaml");
    assert_eq!(gate["kind"], "Task");
    let mut scripts = Vec::new();
    let mut before: Option<&Value> = None;
    for task in list(&pipeline["spec"]["tasks"]) {
        assert_eq!(task["runAfter"][0], *before.unwrap_or(&Value::Null), "tasks run in turn");
        before = Some(&task["name"]);
        scripts.extend(tekton_task(&pipeline, task, &gate, false));
    }
    for task in list(&pipeline["spec"]["finally"]) {
        scripts.extend(tekton_task(&pipeline, task, &gate, true));
    }
    scripts
}

fn tekton_task(pipeline: &Value, task: &Value, gate: &Value, always: bool) -> Vec<Script> {
    let is_ours = task["taskRef"]["name"] == gate["metadata"]["name"];
    let spec = if is_ours { &gate["spec"] } else { &task["taskSpec"] };
    let mut parameters: Vec<(String, String)> = Vec::new();
    for declared in list(&spec["params"]) {
        let name = word(&declared["name"]);
        let given = list(&task["params"]).into_iter().find(|one| word(&one["name"]) == name);
        let given = given.map_or(&declared["default"], |one| &one["value"]);
        parameters.push((name, word(given)));
    }
    for given in list(&task["params"]) {
        let name = word(&given["name"]);
        assert!(parameters.iter().any(|(known, _)| *known == name), "{name} is no parameter");
    }
    let fill = |text: &Value| {
        let mut text = word(text);
        for (name, value) in &parameters {
            text = text.replace(&format!("$(params.{name})"), value);
        }
        for declared in list(&pipeline["spec"]["params"]) {
            let name = format!("$(params.{})", word(&declared["name"]));
            text = text.replace(&name, &word(&declared["default"]));
        }
        text.replace("$(workspaces.cosign.path)", "{cosign}")
            .replace("$(results.digest.path)", "digest")
            .replace("$(tasks.push.results.digest)", "sha256:0000")
    };
    let mut scripts = Vec::new();
    for step in list(&spec["steps"]) {
        let environment = list(&step["env"])
            .iter()
            .map(|one| (word(&one["name"]), fill(&one["value"])))
            .collect();
        let words = [list(&step["command"]), list(&step["args"])].concat();
        let words = words.into_iter().map(fill).filter(|word| word != "$(params.args[*])");
        let quoted: Vec<String> = words.map(|word| format!("'{word}'")).collect();
        let text = step["script"].as_str().map_or_else(|| quoted.join(" "), str::to_owned);
        scripts.push(Script { shell: SH, text, environment, always });
    }
    scripts
}

/// What pre-commit would run for the hooks the sample names.
pub(super) fn pre_commit() -> Vec<Script> {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let sample = yaml("examples/ci/pre-commit/.pre-commit-config.yaml");
    let used = list(&sample["repos"][0]["hooks"]);
    let hook_of = |used: &Value| {
        let hook = list(&hooks).into_iter().find(|hook| hook["id"] == used["id"]).cloned();
        let hook = hook.unwrap_or_else(|| panic!("there is no hook {used}"));
        let mut words = vec![word(&hook["entry"])];
        words.extend(list(&used["args"]).into_iter().map(word));
        if hook["pass_filenames"] != false {
            words.push("lazaret-policy.yaml".to_owned());
        }
        Script { shell: SH, text: words.join(" "), environment: Vec::new(), always: false }
    };
    used.into_iter().map(hook_of).collect()
}
