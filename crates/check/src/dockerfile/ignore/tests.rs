use crate::dockerfile::{Checked, ProblemKind, RULES, Settings, check};

fn checked(text: &str, today: Option<&str>) -> Checked {
    let today = today.map(|day| day.parse().unwrap());
    check(text.as_bytes(), &Settings { today, ..Settings::default() })
}

/// The lines on which a rule is broken and on which that is meant.
fn lines(text: &str, rule: &str, today: Option<&str>) -> (Vec<u32>, Vec<u32>) {
    let checked = checked(text, today);
    let rule = RULES.iter().find(|other| other.info().is_named(rule)).unwrap().id;
    let of = |is_ignored: bool| {
        let hits = checked.hits.iter().filter(|hit| hit.hit.rule == rule);
        let hits = hits.filter(|hit| hit.ignored.is_some() == is_ignored);
        hits.map(|hit| hit.hit.lines.unwrap().start).collect()
    };
    (of(false), of(true))
}

const CD: &str = "DF023";

#[test]
fn the_rule_meant_here_is_the_one_about_cd() {
    assert!(
        crate::dockerfile::RULES
            .iter()
            .any(|rule| rule.id == CD && rule.aliases.contains(&"DL3003"))
    );
}

#[test]
fn a_comment_is_for_the_next_instruction() {
    for comment in [
        "# hadolint ignore=DL3003",
        "#hadolint ignore = DL3004 , DL3003 # because",
        "# hadolint ignore=DF023",
        "#trivy:ignore:DS-0013",
        "# trivy:ignore:AVD-DS-0013",
        "#trivy:ignore:DS-0001 #trivy:ignore:DS013",
        "#trivy:ignore:docker-use-workdir-over-cd",
        "#trivy:ignore:DS-*",
        "# lazaret:ignore DF023 reason=\"it is short\"",
        "# lazaret:ignore DL3003,DF001 reason=short until=2026-12-31",
    ] {
        let text = format!("FROM a\n{comment}\n\nRUN cd /a\nRUN cd /b\n");
        assert_eq!(lines(&text, CD, None), (vec![5], vec![4]), "{comment}");
    }
}

#[test]
fn a_comment_within_an_instruction_is_for_it() {
    let text = "FROM a\nRUN a && \\\n  # hadolint ignore=DL3003\n  cd /b\nRUN cd /c";
    assert_eq!(lines(text, CD, None), (vec![5], vec![4]));
}

#[test]
fn comments_may_be_for_the_file() {
    for comment in [
        "# hadolint global ignore=DL3003",
        "# hadolint global ignore = DL3003 , DL3004",
        "# lazaret:ignore-file DF023 reason=\"generated\"",
    ] {
        for text in [
            format!("{comment}\nFROM a\nRUN cd /a\nRUN cd /b\n"),
            format!("FROM a\nRUN cd /a\nRUN cd /b\n{comment}\n"),
        ] {
            let (left, ignored) = lines(&text, CD, None);
            assert_eq!((left.len(), ignored.len()), (0, 2), "{text}");
        }
    }
}

#[test]
fn buildkits_directive_is_for_its_own_rules() {
    let text = "# check=skip=JSONArgsRecommended,StageNameCasing;error=true\nFROM a AS B\nCMD x\n";
    assert_eq!(lines(text, "StageNameCasing", None), (vec![], vec![2]));
    assert_eq!(lines(text, "JSONArgsRecommended", None), (vec![], vec![3]));
    assert_eq!(lines(text, "DL3006", None), (vec![2], vec![]));
    let all = "# check=skip=all\nFROM a AS B\n";
    assert_eq!(lines(all, "StageNameCasing", None), (vec![], vec![2]));
    assert_eq!(lines(all, "DL3006", None), (vec![2], vec![]));
}

#[test]
fn reasons_and_ends_are_kept() {
    let text = "FROM a\n# lazaret:ignore DF023 reason=\"so it is\" until=2026-12-31\nRUN cd /a\n";
    let checked = checked(text, Some("2026-12-31"));
    let ignored = checked.hits.iter().find_map(|hit| hit.ignored.clone()).unwrap();
    assert_eq!(ignored.reason.as_deref(), Some("so it is"));
    assert_eq!(ignored.until.unwrap().to_string(), "2026-12-31");
    assert_eq!(ignored.line, 2);
    let text = "FROM a\n# hadolint ignore=DL3003 # so it is\nRUN cd /a\n";
    let checked = super::super::check(text.as_bytes(), &Settings::default());
    let ignored = checked.hits.iter().find_map(|hit| hit.ignored.clone()).unwrap();
    assert_eq!(ignored.reason.as_deref(), Some("so it is"));
}

#[test]
fn what_has_ended_is_not_obeyed() {
    for comment in
        ["# lazaret:ignore DF023 reason=x until=2026-11-20", "#trivy:ignore:DS-0013:exp:2026-11-20"]
    {
        let text = format!("FROM a\n{comment}\nRUN cd /a\n");
        assert_eq!(lines(&text, CD, Some("2026-11-20")), (vec![], vec![3]));
        assert_eq!(lines(&text, CD, Some("2026-11-21")), (vec![3], vec![]));
        assert_eq!(lines(&text, CD, None), (vec![], vec![3]));
        let problems = checked(&text, Some("2026-11-21")).problems;
        assert_eq!((problems[0].kind, problems[0].line), (ProblemKind::Ignore, 2));
    }
}

#[test]
fn what_cannot_be_obeyed_is_told() {
    for comment in [
        "# lazaret:ignore DF023",
        "# lazaret:ignore DF023 reason=\"\"",
        "# lazaret:ignore reason=\"x\"",
        "# lazaret:ignore DF023 reason=x until=soon",
        "#trivy:ignore:DS-0013:exp:tomorrow",
    ] {
        let text = format!("FROM a\n{comment}\nRUN cd /a\n");
        assert_eq!(lines(&text, CD, None), (vec![3], vec![]), "{comment}");
        let problems = checked(&text, None).problems;
        assert_eq!(problems.len(), 1, "{comment}");
        assert_eq!((problems[0].kind, problems[0].line), (ProblemKind::Ignore, 2));
    }
    let unknown = "FROM a\n# lazaret:ignore DF999,DF023 reason=x\nRUN cd /a\n";
    assert_eq!(lines(unknown, CD, None), (vec![], vec![3]));
    assert_eq!(checked(unknown, None).problems.len(), 1);
}

#[test]
fn comments_that_only_look_so_ignore_nothing() {
    for comment in [
        "# hadolint ignore=crazy,DL3003",
        "# hadolint ignore DL3003",
        "# hadolintignore=DL3003",
        "# please: hadolint ignore=DL3003",
        "# ignore DF023",
        "# hadolint ignore=DL3004",
    ] {
        let text = format!("FROM a\n{comment}\nRUN cd /a\n");
        assert_eq!(lines(&text, CD, None), (vec![3], vec![]), "{comment}");
    }
}

#[test]
fn ignores_may_be_refused() {
    let text = "FROM a\n# hadolint ignore=DL3003\nRUN cd /a\n";
    let settings = Settings { refuses_ignores: true, ..Settings::default() };
    let checked = check(text.as_bytes(), &settings);
    assert!(checked.hits.iter().all(|hit| hit.ignored.is_none()));
}

#[test]
fn names_to_ignore_have_an_end() {
    let names = vec!["DL3003"; 2_000].join(",");
    let text = format!("FROM a\n# hadolint ignore={names}\nRUN cd /a\n");
    assert_eq!(lines(&text, CD, None), (vec![3], vec![]));
    assert_eq!(checked(&text, None).problems[0].kind, ProblemKind::Limit);
}
