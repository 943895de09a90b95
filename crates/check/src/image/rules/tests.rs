use super::{RULES, check};
use crate::image::recipe::recipe;
use std::collections::BTreeSet;

#[test]
fn the_examples_of_every_rule_are_what_they_say() {
    for rule in RULES {
        let info = rule.info();
        let (bad, good) = (info.bad(), info.good());
        assert!(!bad.is_empty() && !good.is_empty(), "{} has no examples", rule.id);
        for (examples, is_broken) in [(bad, true), (good, false)] {
            for example in examples {
                let mut hits = Vec::new();
                rule.run(&recipe(&example), &mut hits);
                assert_eq!(!hits.is_empty(), is_broken, "{}:\n{example}{hits:?}", rule.id);
            }
        }
    }
}

#[test]
fn every_rule_is_documented_and_has_an_id_of_its_own() {
    assert!(RULES.len() >= 30, "{}", RULES.len());
    let mut ids = BTreeSet::new();
    for rule in RULES {
        let info = rule.info();
        assert!(ids.insert(rule.id), "{} twice", rule.id);
        assert!(rule.id.len() == 5 && rule.id.starts_with("IM"), "{}", rule.id);
        let title = info.title();
        assert!(!title.is_empty() && !title.ends_with('.') && !title.contains('\n'), "{title}");
        assert!(!info.why().is_empty() && !info.fix().is_empty(), "{}", rule.id);
    }
    let sorted: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
    assert!(sorted.is_sorted());
}

#[test]
fn every_checkpoint_of_dockle_has_a_rule() {
    // `pkg/types/checkpoint.go` of Dockle.
    for checkpoint in [
        "CIS-DI-0001",
        "CIS-DI-0005",
        "CIS-DI-0006",
        "CIS-DI-0007",
        "CIS-DI-0008",
        "CIS-DI-0009",
        "CIS-DI-0010",
        "DKL-DI-0001",
        "DKL-DI-0002",
        "DKL-DI-0003",
        "DKL-DI-0004",
        "DKL-DI-0005",
        "DKL-DI-0006",
        "DKL-LI-0001",
        "DKL-LI-0002",
        "DKL-LI-0003",
    ] {
        assert!(RULES.iter().any(|rule| rule.info().is_named(checkpoint)), "{checkpoint}");
    }
}

#[test]
fn the_value_of_a_credential_is_never_repeated() {
    let input = recipe(
        "ENV DB_PASSWORD=hunter2\nLABEL api.token=hunter2\nHISTORY ARG API_KEY=hunter2\n\
         HISTORY RUN |1 NPM_TOKEN=hunter2 /bin/sh -c curl https://me:hunter2@example.org\n\
         HISTORY RUN /bin/sh -c TOKEN=hunter2 sudo deploy --password hunter2 --token=hunter2\n\
         HISTORY RUN /bin/sh -c apt-get update; PASSWORD=hunter2 apt-get install -y x\n\
         HISTORY ADD https://me:hunter2@example.org/x /x\n",
    );
    let hits = check(&input);
    assert!(
        hits.iter().filter(|hit| matches!(&*hit.rule, "IM013" | "IM014" | "IM015")).count() >= 7
    );
    for hit in hits {
        assert!(!hit.message.contains("hunter2"), "{hit:?}");
    }
}

#[test]
fn hits_of_a_hostile_image_are_bounded() {
    let mut input = recipe("LAYERS 1");
    let port = "22".to_owned();
    input.config.exposed_ports = vec![port; 100_000];
    let long = format!("/bin/sh -c chmod 777 {}", "x".repeat(1_000_000));
    input.config.history =
        vec![lazaret_core::image::HistoryEntry { created_by: long, ..Default::default() }; 10];
    let hits = check(&input);
    assert!(hits.len() < 3_000, "{}", hits.len());
    assert!(hits.iter().all(|hit| hit.message.len() < 1_000));
}
