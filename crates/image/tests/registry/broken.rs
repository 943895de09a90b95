//! What no registry should do, and what is made of it.

use crate::fake::{End, Fake, Reply, Request, honest};
use crate::sample::{Sample, digest, index};
use crate::{assert_holds, assert_says, files, open, open_for, options, refused, told};
use lazaret_image::{OpenOptions, PlatformChoice, RegistryOptions};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A layer of several hundred kilobytes.
const NOISE: usize = 400_000;

/// A registry that is honest about everything but the second layer, which it hands to a handler.
fn serve_layer(
    handler: impl Fn(&Request, usize, &[u8]) -> Reply + Send + Sync + 'static,
) -> (Fake, Arc<Sample>, String) {
    let sample = Arc::new(Sample::with_noise("amd64", NOISE));
    let served = Arc::clone(&sample);
    let layer = digest(&sample.layers[1]);
    let fake = Fake::serve(move |request, before| {
        if request.path.ends_with(&layer) {
            handler(request, before, &served.layers[1])
        } else {
            honest(&served, request)
        }
    });
    let name = format!("{}/app:1", fake.address);
    (fake, sample, name)
}

fn starts(fake: &Fake, layer: &[u8]) -> Vec<usize> {
    fake.requests_for(&digest(layer)).iter().map(Request::range_start).collect()
}

#[test]
fn a_download_that_breaks_off_is_resumed_where_it_broke() {
    let (fake, sample, name) = serve_layer(|request, before, layer| match before {
        0 => Reply::part(request, layer).ending(End::CutAfter(150_000)),
        1 => Reply::part(request, layer).ending(End::CutAfter(100_000)),
        _ => Reply::part(request, layer),
    });
    assert_holds(&open(&name, options()).unwrap(), 0, &sample);
    assert_eq!(starts(&fake, &sample.layers[1]), [0, 150_000, 250_000]);
}

#[test]
fn a_server_that_ignores_ranges_starts_over() {
    let (fake, sample, name) = serve_layer(|_, before, layer| match before {
        0 => Reply::new(200, layer).ending(End::CutAfter(150_000)),
        _ => Reply::new(200, layer),
    });
    assert_holds(&open(&name, options()).unwrap(), 0, &sample);
    assert_eq!(starts(&fake, &sample.layers[1]), [0, 150_000]);
}

#[test]
fn a_server_that_falls_silent_is_given_up_and_asked_again() {
    let (fake, sample, name) = serve_layer(|request, before, layer| match before {
        0 => Reply::part(request, layer).ending(End::SilentAfter(150_000)),
        _ => Reply::part(request, layer),
    });
    let impatient = RegistryOptions { timeout: Duration::from_millis(300), ..options() };
    assert_holds(&open(&name, impatient).unwrap(), 0, &sample);
    assert_eq!(starts(&fake, &sample.layers[1]), [0, 150_000]);
}

#[test]
fn a_server_that_drips_is_as_good_as_silent() {
    let (fake, sample, name) = serve_layer(|request, before, layer| match before {
        0 => Reply::part(request, layer).ending(End::DripAfter(150_000)),
        _ => Reply::part(request, layer),
    });
    let impatient = RegistryOptions { timeout: Duration::from_millis(300), ..options() };
    assert_holds(&open(&name, impatient).unwrap(), 0, &sample);
    let starts = starts(&fake, &sample.layers[1]);
    // The drops that came in are kept.
    assert_eq!(starts.len(), 2, "{starts:?}");
    assert!((150_001..150_020).contains(&starts[1]), "{starts:?}");
}

#[test]
fn a_download_without_progress_ends() {
    let (fake, sample, name) = serve_layer(|request, before, layer| match before {
        0 => Reply::part(request, layer).ending(End::CutAfter(150_000)),
        _ => Reply::part(request, layer).ending(End::CutAfter(10)),
    });
    let source = open(&name, options()).unwrap();
    let Err(error) = files(&source, 0, 1) else { panic!("the layer never came in") };
    assert_says(
        &told(&error),
        &[
            &digest(&sample.layers[1]),
            "broke off after 150030",
            &sample.layers[1].len().to_string(),
        ],
    );
    assert_eq!(starts(&fake, &sample.layers[1]), [0, 150_000, 150_010, 150_020]);
}

#[test]
fn another_part_than_the_one_asked_for_is_refused() {
    let (_fake, _sample, name) = serve_layer(|request, before, layer| match before {
        0 => Reply::part(request, layer).ending(End::CutAfter(150_000)),
        _ => Reply::new(206, &layer[200_000..])
            .header("Content-Range", format!("bytes 200000-{}/{}", layer.len() - 1, layer.len())),
    });
    let Err(error) = files(&open(&name, options()).unwrap(), 0, 1) else { panic!("a hole") };
    assert_says(&told(&error), &["another part"]);
}

#[test]
fn a_blob_of_the_wrong_size_is_cut_off() {
    let too_large = |layer: &[u8]| [layer, b"more"].concat();
    let (_fake, sample, name) = serve_layer(move |_, _, layer| Reply::new(200, too_large(layer)));
    let size = sample.layers[1].len().to_string();
    let Err(error) = files(&open(&name, options()).unwrap(), 0, 1) else { panic!("too large") };
    assert_says(&told(&error), &["more than the", &size]);

    let (_fake, _, name) = serve_layer(|_, _, layer| Reply::new(200, &layer[1..]));
    let Err(error) = files(&open(&name, options()).unwrap(), 0, 1) else { panic!("too small") };
    assert_says(&told(&error), &["less than the", &size]);

    let (_fake, _, name) = serve_layer(|_, _, layer| Reply::new(200, layer).ending(End::Never));
    let Err(error) = files(&open(&name, options()).unwrap(), 0, 1) else { panic!("endless") };
    assert_says(&told(&error), &["more than the", &size]);
}

#[test]
fn other_bytes_than_those_meant_are_refused() {
    let (_fake, sample, name) = serve_layer(|_, _, layer| {
        let mut layer = layer.to_vec();
        *layer.last_mut().unwrap() ^= 1;
        Reply::new(200, layer)
    });
    assert!(files(&open(&name, options()).unwrap(), 0, 1).is_err());

    let served = Arc::clone(&sample);
    let other = Sample::with_noise("amd64", 10);
    let liar = Fake::serve(move |request, _| match &*request.path {
        path if path.contains("/manifests/") => Reply::new(200, &*other.manifest)
            .header("Docker-Content-Digest", digest(&served.manifest)),
        _ => honest(&other, request),
    });
    for name in ["app:1".to_owned(), format!("app@{}", digest(&sample.manifest))] {
        let message = refused(open(&format!("{}/{name}", liar.address), options()));
        assert_says(&message, &["wrong digest", &digest(&sample.manifest)]);
    }
}

#[test]
fn documents_without_end_are_cut_off() {
    let fake = Fake::serve(|_, _| Reply::new(200, vec![b' '; 65_536]).ending(End::Never));
    let message = refused(open(&format!("{}/app:1", fake.address), options()));
    let max = OpenOptions::default().limits.document_bytes_max.to_string();
    assert_says(&message, &["larger than", &max]);

    let fake = Fake::serve(|_, _| Reply::new(404, vec![b' '; 65_536]).ending(End::Never));
    assert_says(&refused(open(&format!("{}/app:1", fake.address), options())), &["not found"]);
}

#[test]
fn indexes_within_indexes_have_an_end() {
    let sample = Sample::with_noise("amd64", 10);
    let nest = |inner: &[u8]| {
        index(&[serde_json::json!({
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "digest": digest(inner),
            "size": inner.len(),
        })])
    };
    let mut levels = vec![index(&[sample.entry()])];
    for _ in 0..=OpenOptions::default().limits.index_depth_max {
        levels.push(nest(levels.last().unwrap()));
    }
    let (deepest, fine) = (levels.len() - 1, 2);
    let served = levels.clone();
    let fake = Fake::serve(move |request, _| {
        let wanted = request.path.rsplit('/').next().unwrap();
        let found = served.iter().find(|level| digest(level) == wanted);
        found.map_or_else(|| honest(&sample, request), |level| Reply::new(200, &**level))
    });
    let name = |level: usize| format!("{}/app@{}", fake.address, digest(&levels[level]));
    let all = PlatformChoice::All;
    assert_eq!(open_for(all.clone(), &name(fine), options()).unwrap().images().len(), 1);
    assert_says(&refused(open_for(all, &name(deepest), options())), &["nested"]);
}

#[test]
fn a_busy_registry_is_asked_again_when_it_says() {
    let sample = Sample::with_noise("amd64", 10);
    let fake = Fake::serve(move |request, before| match before {
        0 if request.path.ends_with("/manifests/1") => {
            Reply::new(429, r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}"#)
                .header("Retry-After", "1")
        }
        _ => honest(&sample, request),
    });
    let begin = Instant::now();
    open(&format!("{}/app:1", fake.address), options()).unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[test]
fn a_registry_that_is_busy_for_long_is_not_waited_for() {
    let fake = Fake::serve(|_, _| {
        Reply::new(429, r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"pull limit"}]}"#)
            .header("Retry-After", "3600")
    });
    let message = refused(open(&format!("{}/app:1", fake.address), options()));
    assert_says(&message, &["allows no more requests", "in 3600 s", "pull limit"]);
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn failures_in_passing_are_survived() {
    let sample = Sample::with_noise("amd64", 10);
    let fake = Fake::serve(move |request, before| match before {
        0 => Reply::new(503, "<html>busy</html>"),
        1 => honest(&sample, request).ending(End::CutAfter(5)),
        _ => honest(&sample, request),
    });
    open(&format!("{}/app:1", fake.address), options()).unwrap();

    let fake = Fake::serve(|_, _| Reply::new(500, ""));
    let message = refused(open(&format!("{}/app:1", fake.address), options()));
    assert_says(&message, &["failed with status 500"]);
    assert_eq!(fake.requests().len(), 4, "one request and three repetitions");
}

#[test]
fn errors_that_stay_are_not_repeated() {
    for status in [401, 403, 404, 418, 501] {
        let fake = Fake::serve(move |_, _| Reply::new(status, ""));
        refused(open(&format!("{}/app:1", fake.address), options()));
        assert_eq!(fake.requests().len(), 1, "{status}");
    }
}

#[test]
fn a_layer_that_may_not_be_distributed_is_told_apart() {
    let mut sample = Sample::with_noise("amd64", 10);
    let text = String::from_utf8(sample.manifest).unwrap();
    sample.manifest =
        text.replace("layer.v1.tar+gzip", "layer.nondistributable.v1.tar+gzip").into_bytes();
    let gone = digest(&sample.layers[1]);
    let fake = Fake::serve(move |request, _| {
        if request.path.ends_with(&gone) { Reply::new(404, "") } else { honest(&sample, request) }
    });
    let source = open(&format!("{}/app:1", fake.address), options()).unwrap();
    let Err(error) = files(&source, 0, 1) else { panic!("the registry does not have it") };
    assert_says(&told(&error), &["may not be distributed"]);
}
