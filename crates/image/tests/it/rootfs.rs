//! Root file systems in folders.

use crate::kit::*;
use lazaret_core::problem::{Problem, ProblemKind};
use lazaret_image::{
    EntryHeader, EntryType, OpenOptions, PlatformChoice, Source, Target, Visit, Want, open,
};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

fn rootfs(folder: &Path) -> Source {
    open(&Target::RootFs(folder.to_owned()), &options(PlatformChoice::Host)).unwrap()
}

/// A small root file system, and a file outside of it.
fn sample(place: &Place) -> PathBuf {
    let root = place.path("root");
    fs::create_dir_all(root.join("etc/apk")).unwrap();
    fs::create_dir_all(root.join("usr/lib")).unwrap();
    place.file("secret", "outside");
    fs::write(root.join("usr/lib/os-release"), "ID=x\n").unwrap();
    symlink("../usr/lib/os-release", root.join("etc/os-release")).unwrap();
    symlink("../../secret", root.join("etc/outside")).unwrap();
    symlink("/", root.join("usr/root")).unwrap();
    symlink(".", root.join("usr/self")).unwrap();
    fs::write(root.join("etc/apk/world"), "musl\n").unwrap();
    fs::hard_link(root.join("etc/apk/world"), root.join("etc/world")).unwrap();
    fs::write(root.join("etc/setuid"), "").unwrap();
    fs::set_permissions(root.join("etc/setuid"), fs::Permissions::from_mode(0o4755)).unwrap();
    root
}

#[test]
fn a_folder_is_an_image_of_one_layer() {
    let place = Place::new();
    let root = sample(&place);
    let _socket = UnixListener::bind(root.join("etc/socket")).unwrap();
    let source = rootfs(&root);
    let [image] = source.images() else { panic!("one image") };
    assert_eq!(image.name, "root");
    assert_eq!((&image.digest, &image.config_digest, image.layers.len()), (&None, &None, 1));
    assert_eq!((&image.layers[0].blob_digest, &image.layers[0].diff_id), (&None, &None));

    let (seen, result) = walk(&source, 0, 0);
    assert_eq!(
        seen.paths(),
        [
            "etc",
            "etc/apk",
            "etc/apk/world",
            "etc/os-release",
            "etc/outside",
            "etc/setuid",
            "etc/socket",
            "etc/world",
            "usr",
            "usr/lib",
            "usr/lib/os-release",
            "usr/root",
            "usr/self",
        ],
        "sorted, and links not followed"
    );
    let kind = |path: &str| &seen.entries[seen.paths().binary_search(&path).unwrap()].kind;
    assert_eq!(*kind("etc"), EntryType::Folder);
    assert_eq!(*kind("etc/os-release"), EntryType::Symlink("../usr/lib/os-release".to_owned()));
    assert_eq!(*kind("etc/socket"), EntryType::Special);
    assert_eq!(*kind("etc/world"), EntryType::File);
    assert_eq!(seen.entries[5].mode, 0o4755);
    assert_eq!(seen.bodies.len(), 4);
    assert_eq!(seen.bodies["etc/world"], b"musl\n");
    assert_eq!(seen.bodies["usr/lib/os-release"], b"ID=x\n");
    assert_eq!(seen.problems, []);
    let summary = result.unwrap();
    assert_eq!((summary.entries, summary.diff_id), (13, None));
    assert_eq!(summary.stored_bytes, 15);
}

#[test]
fn limits_are_problems_and_the_rest_is_read() {
    let place = Place::new();
    let root = sample(&place);
    fs::write(root.join("etc/large"), "x".repeat(100)).unwrap();
    let mut options = OpenOptions::default();
    options.limits.file_bytes_max = 99;
    let source = open(&Target::RootFs(root.clone()), &options).unwrap();
    let (seen, result) = walk(&source, 0, 0);
    result.unwrap();
    let [problem] = &*seen.problems else { panic!("one problem") };
    assert_eq!(problem.kind, ProblemKind::Limit);
    assert_eq!(problem.location.as_ref().unwrap().path.as_str(), "etc/large");
    assert_eq!(seen.bodies.len(), 4);

    options.limits.entries_max = 3;
    let source = open(&Target::RootFs(root), &options).unwrap();
    let (seen, result) = walk(&source, 0, 0);
    assert_eq!(result.unwrap().entries, 3);
    assert_eq!(seen.paths(), ["etc", "etc/apk", "etc/apk/world"]);
    assert_eq!(seen.problems[0].kind, ProblemKind::Limit);
}

#[test]
fn deep_folders_end_at_the_longest_path() {
    let place = Place::new();
    let root = place.path("root");
    let deep = root.join(vec!["d"; 300].join("/"));
    fs::create_dir_all(&deep).unwrap();
    let mut options = OpenOptions::default();
    let source = open(&Target::RootFs(root.clone()), &options).unwrap();
    assert_eq!(walk(&source, 0, 0).1.unwrap().entries, 300);
    options.limits.path_bytes_max = 99;
    let source = open(&Target::RootFs(root), &options).unwrap();
    let (seen, result) = walk(&source, 0, 0);
    result.unwrap();
    assert_eq!(seen.entries.len(), 50, "50 letters and 49 slashes");
    assert_eq!(seen.problems[0].kind, ProblemKind::Limit);
}

/// A visitor that changes the folder while it is read.
struct Meddler {
    root: PathBuf,
    meddle: fn(&Path),
    bodies: Vec<String>,
    problems: Vec<Problem>,
}

impl Visit for Meddler {
    fn entry(&mut self, header: &EntryHeader) -> Want {
        if header.path.as_str() == "etc/apk/world" {
            (self.meddle)(&self.root);
        }
        Want::Body
    }

    fn body(&mut self, header: &EntryHeader, bytes: &[u8]) {
        self.bodies.push(format!("{} {}", header.path, String::from_utf8_lossy(bytes)));
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

fn meddled(meddle: fn(&Path)) -> Meddler {
    let place = Place::new();
    let root = sample(&place);
    let mut meddler =
        Meddler { root: root.clone(), meddle, bodies: Vec::new(), problems: Vec::new() };
    rootfs(&root).walk(0, 0, &mut meddler).unwrap();
    meddler
}

#[test]
fn files_that_change_while_they_are_read_are_tolerated() {
    let gone = meddled(|root| {
        fs::remove_file(root.join("etc/apk/world")).unwrap();
        fs::remove_dir_all(root.join("usr")).unwrap();
    });
    assert_eq!(gone.bodies, ["etc/setuid ", "etc/world musl\n"]);
    assert_eq!(gone.problems, []);

    let grown = meddled(|root| fs::write(root.join("etc/apk/world"), "musl\nbusybox\n").unwrap());
    assert_eq!(grown.bodies[0], "etc/apk/world musl\nbusybox\n");

    let replaced = meddled(|root| {
        fs::remove_file(root.join("etc/apk/world")).unwrap();
        symlink("../../../secret", root.join("etc/apk/world")).unwrap();
    });
    assert!(!replaced.bodies.iter().any(|body| body.contains("outside")), "{:?}", replaced.bodies);
    assert!(replaced.problems[0].message.contains("replaced"));
}

#[test]
fn what_may_not_be_read_is_a_problem() {
    let place = Place::new();
    let root = sample(&place);
    let closed = |path: &str| {
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(0o0)).unwrap();
    };
    closed("etc/setuid");
    closed("usr/lib");
    if fs::read(root.join("etc/setuid")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let (seen, result) = walk(&rootfs(&root), 0, 0);
    fs::set_permissions(root.join("usr/lib"), fs::Permissions::from_mode(0o755)).unwrap();
    result.unwrap();
    let places: Vec<&str> = seen
        .problems
        .iter()
        .map(|problem| {
            assert_eq!(problem.kind, ProblemKind::Entry);
            problem.location.as_ref().unwrap().path.as_str()
        })
        .collect();
    assert_eq!(places, ["etc/setuid", "usr/lib"]);
    assert!(seen.bodies.contains_key("etc/world"));
}

#[test]
fn a_running_machine_is_read_without_its_pseudo_file_systems() {
    /// Counts, and wants nothing: a machine may have many files.
    #[derive(Default)]
    struct Paths {
        total: usize,
        inside: Vec<String>,
        has_etc: bool,
    }
    impl Visit for Paths {
        fn entry(&mut self, header: &EntryHeader) -> Want {
            self.total += 1;
            self.has_etc |= header.path.is_inside("etc");
            if header.path.is_inside("proc") || header.path.is_inside("sys") {
                self.inside.push(header.path.to_string());
            }
            Want::Skip
        }
        fn body(&mut self, _: &EntryHeader, _: &[u8]) {}
        fn problem(&mut self, _: Problem) {}
    }
    if !Path::new("/proc/self").exists() {
        println!("skipped: this machine has no /proc");
        return;
    }
    let mut options = OpenOptions::default();
    // All of `/proc` comes before this many entries of `/usr` on any machine.
    options.limits.entries_max = 300_000;
    let source = open(&Target::RootFs("/".into()), &options).unwrap();
    assert_eq!(source.images()[0].name, "/");
    let mut paths = Paths::default();
    source.walk(0, 0, &mut paths).unwrap();
    assert!(paths.has_etc && paths.total > 100);
    assert_eq!(paths.inside, Vec::<String>::new());
}

#[test]
fn what_is_no_folder_is_refused() {
    let place = Place::new();
    let refused = |path: PathBuf| refusal(open(&Target::RootFs(path), &OpenOptions::default()));
    let text = refused(place.file("a.tar", "x"));
    assert!(text.contains("use `lazaret image --input FILE`"), "{text}");
    let text = refused(place.path("absent"));
    assert!(text.contains("there is no file or folder"), "{text}");
}
