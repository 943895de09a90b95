//! The pages of rules: one a kind of input, made from the comments and tables the rules are made of.

use crate::process::{root, write_or_check};
use anyhow::Result;
use lazaret_check::rule::{Rule, RuleInfo};
use lazaret_check::secret::{Scanner, SecretRule};
use lazaret_check::{compose, dockerfile, image, kubernetes, terraform};
use std::fmt::Write as _;

/// What a page of rules is about.
struct Page {
    /// The name of its file.
    name: &'static str,
    title: &'static str,
    about: &'static str,
    /// What its examples are written in, for whoever colors them.
    language: &'static str,
    rules: fn() -> Vec<RuleInfo>,
}

const PAGES: &[Page] = &[
    Page {
        name: "dockerfile",
        title: "Rules about Dockerfiles",
        about: "Looked for by `lazaret config` and `lazaret fs`, in files called Dockerfile or \
                Containerfile. [Where they differ from Hadolint's](../differences-hadolint.md) is \
                told elsewhere.",
        language: "dockerfile",
        rules: || dockerfile::RULES.iter().map(Rule::info).collect(),
    },
    Page {
        name: "image",
        title: "Rules about images",
        about: "Looked for with `--scanners misconfig` in the image's configuration, its history and \
                its file system. An example has a line for each setting (`USER`, `ENV`, …), step of \
                the history (`RUN`, `COPY`, …) or entry of the file system that matters to the rule: \
                `ENTRY` with mode, owner and path, `FILE` with a path and the lines of the file.",
        language: "text",
        rules: || image::RULES.iter().map(|rule| rule.info()).collect(),
    },
    Page {
        name: "kubernetes",
        title: "Rules about Kubernetes manifests",
        about: "Looked for by `lazaret config` and `lazaret fs`; [Manifests, Compose files and \
                Terraform](../iac.md) says in what.",
        language: "yaml",
        rules: kubernetes::rules,
    },
    Page {
        name: "compose",
        title: "Rules about Compose files",
        about: "Looked for by `lazaret config` and `lazaret fs`; [Manifests, Compose files and \
                Terraform](../iac.md) says in what.",
        language: "yaml",
        rules: compose::rules,
    },
    Page {
        name: "terraform",
        title: "Rules about Terraform",
        about: "Looked for by `lazaret config` and `lazaret fs`; [Manifests, Compose files and \
                Terraform](../iac.md) says in what. What the Kubernetes provider makes is checked by \
                the [rules about manifests](kubernetes.md) as well.",
        language: "terraform",
        rules: terraform::rules,
    },
];

/// Writes every page, or says which one is stale.
pub(super) fn run(check: bool) -> Result<()> {
    for page in PAGES {
        let file = root().join(format!("docs/rules/{}.md", page.name));
        write_or_check(&file, text(page)?.as_bytes(), check)?;
    }
    write_or_check(&root().join("docs/rules/secrets.md"), secrets()?.as_bytes(), check)
}

fn text(page: &Page) -> Result<String> {
    let rules = (page.rules)();
    let mut text = format!(
        "# {}\n\nMade from the rules by `cargo xtask generate`.\n\n{}\n\n\
         Wherever a rule is named, its other names will do as well.\n\n\
         | Id | Severity | What is wrong | Other names |\n|---|---|---|---|\n",
        page.title, page.about
    );
    for rule in &rules {
        writeln!(
            text,
            "| [{}](#{}) | {} | {} | {} |",
            rule.id,
            rule.id.to_ascii_lowercase(),
            rule.severity.name(),
            cell(&rule.title()),
            names(rule.aliases)
        )?;
    }
    for rule in &rules {
        write!(
            text,
            "\n## {}\n\n**{}** ({})\n\n{}\n\n**Fix:** {}\n",
            rule.id,
            rule.title(),
            rule.severity.name(),
            rule.why(),
            rule.fix()
        )?;
        for (title, examples) in [("Bad", rule.bad()), ("Good", rule.good())] {
            write!(text, "\n{title}:\n")?;
            for example in examples {
                write!(text, "\n```{}\n{}\n```\n", page.language, example.trim_end())?;
            }
        }
    }
    Ok(text)
}

fn secrets() -> Result<String> {
    let mut rules: Vec<&SecretRule> = Scanner::builtin().rules().collect();
    rules.sort_by_key(|rule| (rule.category.to_lowercase(), &rule.id));
    let mut text = format!(
        "# Rules about secrets\n\n\
         Made from the rules by `cargo xtask generate`. What is searched, and how a rule is written, \
         is told in [Secrets](../secrets.md).\n\n\
         There are {} rules. *Found by* says how sure a finding is: a *token* has a form of its own \
         and is recognized wherever it stands; a *form* is a text such as a key block or an address; \
         a *name* is a product's, beside a value in the form its secrets have; a *common name*, such \
         as `password`, stands beside a value that was made by chance. *In* names the files a rule \
         is bound to.\n\n\
         | Whose | Id | What it is | Severity | Found by | In | Other names |\n\
         |---|---|---|---|---|---|---|\n",
        rules.len()
    );
    for rule in rules {
        let aliases: Vec<&str> = rule.aliases.iter().map(|alias| &**alias).collect();
        writeln!(
            text,
            "| {} | `{}` | {} | {} | {} | {} | {} |",
            cell(&rule.category),
            rule.id,
            cell(&rule.title),
            rule.severity.name(),
            rule.certainty(),
            if rule.is_bound_to_a_path() { "certain files" } else { "" },
            names(&aliases)
        )?;
    }
    Ok(text)
}

fn names(aliases: &[&str]) -> String {
    let names: Vec<String> = aliases.iter().map(|alias| format!("`{alias}`")).collect();
    names.join(", ")
}

/// A text within a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
