//! Makes up the versions to ask about.

use std::collections::BTreeSet;

/// Versions to ask about, and for those made from another one, which that was.
pub(super) struct Pool {
    pub(super) versions: Vec<String>,
    parents: Vec<Option<usize>>,
    random: Random,
}

/// How a scheme's versions are changed.
struct Style {
    seeds: &'static str,
    /// What is put in or exchanged.
    alphabet: &'static [u8],
    /// What is put behind.
    endings: &'static [&'static str],
    /// Whether the tool and we mean the same by such a version.
    admits: fn(&str) -> bool,
}

pub(super) fn apk(pairs: usize) -> Pool {
    const SUFFIXES: [&str; 13] = [
        "_alpha", "_beta2", "_pre", "_rc1", "_cvs", "_svn9", "_git2", "_hg", "_p1", "-r1", "~0f",
        ".01", "a",
    ];
    let admits = |version: &str| {
        let end = version.find(['_', '~', '-']).unwrap_or(version.len());
        let has_patch = version.as_bytes()[..end]
            .windows(2)
            .any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_digit());
        !has_patch && longest_number(version) <= 18
    };
    mutate(
        &Style {
            seeds: include_str!("apk.txt"),
            alphabet: b"0011239abprz.._-~",
            endings: &SUFFIXES,
            admits,
        },
        pairs,
    )
}

pub(super) fn deb(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("deb.txt"),
            alphabet: b"0012379abzAZ..++~~-:_^",
            endings: &["~", "~rc1", "-1", "-0", "+b1", "+dfsg", ".0", "a", "~bpo12+1", "-0.1"],
            admits: |_| true,
        },
        pairs,
    )
}

pub(super) fn pep440(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("pep440.txt"),
            alphabet: b"00112379abcrABC...-_+!",
            endings: &[
                "a1", ".b2", "-rc3", "c4", ".post1", "-1", "_r2", ".dev3", "dev", "+local.1", "+9",
                ".0", ".0.0", "preview", ".rev1",
            ],
            admits: |_| true,
        },
        pairs,
    )
}

pub(super) fn semver(pairs: usize) -> Pool {
    // Loose npm splits the third number where a dot follows it; numbers beyond 2^53 it refuses.
    let admits = |version: &str| {
        let numbers = version.trim_start_matches(['v', '=']);
        let third = numbers
            .splitn(4, '.')
            .take(3)
            .filter(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        let has_fourth = numbers.splitn(4, '.').count() == 4 && third.count() == 3;
        !has_fourth && longest_number(version) <= 15
    };
    mutate(
        &Style {
            seeds: include_str!("semver.txt"),
            alphabet: b"00112379abxAZ..--+v=",
            endings: &["-0", "-alpha", "-rc.1", ".1", "beta", "+build", "-1.2", ".0", "-x-y", ".a"],
            admits,
        },
        pairs,
    )
}

pub(super) fn rpm(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("rpm.txt"),
            alphabet: b"0012379abzAZ...~~^^-_+:",
            endings: &[
                "~rc1", "^git1", "-1", "-1.el8", ".el9_4", "a", ".0", "~", "^", "p1", "+b", "_1",
            ],
            admits: is_rpm_like,
        },
        pairs,
    )
}

pub(super) fn go(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("go.txt"),
            alphabet: b"00112379abxAZ..--+v",
            endings: &[
                "-0",
                "-alpha",
                "-rc.1",
                ".1",
                "+incompatible",
                "+build",
                "-0.2",
                ".0",
                "-x-y",
                ".0-20240102030405-0123456789ab",
            ],
            admits: |_| true,
        },
        pairs,
    )
}

pub(super) fn maven(pairs: usize) -> Pool {
    // Maven compares any text; one without a letter or digit is left out.
    mutate(
        &Style {
            seeds: include_str!("maven.txt"),
            alphabet: b"0012379abmxARS....----_+",
            endings: &[
                "-SNAPSHOT",
                "-alpha-1",
                ".Beta2",
                "-m3",
                "-rc1",
                "CR2",
                ".Final",
                "-ga",
                ".SP1",
                "-sp",
                ".RELEASE",
                "-1",
                ".0",
                "-0",
                "-x",
                ".foo",
                "-jre8",
                "a1",
            ],
            admits: |version| version.bytes().any(|byte| byte.is_ascii_alphanumeric()),
        },
        pairs,
    )
}

pub(super) fn gem(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("gem.txt"),
            alphabet: b"00112379abzAZ....--",
            endings: &[
                ".pre", ".rc1", ".beta.2", "-1", "-java", ".0", ".0.0", "a", ".a", ".0.b", "b0",
            ],
            admits: |_| true,
        },
        pairs,
    )
}

pub(super) fn composer(pairs: usize) -> Pool {
    // PHP cuts numbers to 64 bits, and only the lower-case `stable` is Composer's release.
    let admits = |version: &str| {
        let has_stable = version.to_ascii_lowercase().contains("stable");
        longest_number(version) <= 18 && (!has_stable || version.contains("stable"))
    };
    mutate(
        &Style {
            seeds: include_str!("composer.txt"),
            alphabet: b"00112379abpRCxX....--_+v@",
            endings: &[
                "-dev", ".x-dev", "-alpha1", "b2", "-RC3", "RC", "-p1", "-patch", "pl2", ".0",
                "-1", "@stable", "-stable", "+x", "-01", ".1",
            ],
            admits,
        },
        pairs,
    )
}

pub(super) fn nuget(pairs: usize) -> Pool {
    // .NET refuses numbers beyond 32 bits outside of labels.
    let admits =
        |version: &str| longest_number(version.split(['-', '+']).next().unwrap_or_default()) <= 9;
    mutate(
        &Style {
            seeds: include_str!("nuget.txt"),
            alphabet: b"00112379abxABX..--+",
            endings: &[
                "-0",
                "-alpha",
                "-Beta.2",
                "-rc.1",
                ".1",
                "+build",
                "-1.2",
                ".0",
                "-x-y",
                ".-1",
                ".a",
                ".3000000000",
            ],
            admits,
        },
        pairs,
    )
}

pub(super) fn pacman(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("pacman.txt"),
            alphabet: b"0012379abzAZ...--_+:~^",
            endings: &[
                "-1",
                "-1.1",
                "rc1",
                ".r12.gabc",
                "a",
                ".0",
                ".a",
                "+1",
                "_1",
                "alpha",
                "-2",
                "..1",
            ],
            admits: is_rpm_like,
        },
        pairs,
    )
}

pub(super) fn portage(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("portage.txt"),
            alphabet: b"00112379abz..__-pr",
            endings: &[
                "-r1", "-r0", "_p1", "_rc2", "_alpha", "_beta3", "_pre", "_p", "a", ".0", ".01",
                ".10", "_p0", "-r01",
            ],
            admits: |_| true,
        },
        pairs,
    )
}

pub(super) fn bitnami(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("semver.txt"),
            alphabet: b"00112379abcAB..--+",
            endings: &["-1", "-0", "-11", "-11-1", "-2.1", "-r1", "+build", "-a", ".0", ".1"],
            admits: |version| {
                !version.to_ascii_lowercase().contains('x') && longest_number(version) <= 18
            },
        },
        pairs,
    )
}

pub(super) fn conan(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("conan.txt"),
            alphabet: b"00112379abzAB..--+_",
            endings: &[
                "-rc.1",
                "-alpha",
                "+1",
                "+build.2",
                ".0",
                ".1",
                "a",
                "-0",
                "_1",
                "cci.20230101",
                ".dev1",
                "-1.0",
                "+0",
                ".-1",
            ],
            admits: is_conan_like,
        },
        pairs,
    )
}

pub(super) fn conda(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("conda.txt"),
            alphabet: b"00112379abzAB..__-+!",
            endings: &[
                "rc1", ".post1", "dev", "_1", "a", ".0", "+local", "+1.0", "post", ".dev2", "_",
                "alpha2",
            ],
            admits: is_same_in_rattler,
        },
        pairs,
    )
}

pub(super) fn cran(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("cran.txt"),
            alphabet: b"00112379..--a",
            endings: &[".0", "-1", ".1", "-0", ".9000", "-10", ".00"],
            admits: |version| longest_number(version) <= 9,
        },
        pairs,
    )
}

pub(super) fn hackage(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("hackage.txt"),
            alphabet: b"00112379...-a",
            endings: &[".0", ".1", ".10", ".0.0", ".2021", ".00", "-tag"],
            admits: |version| longest_number(version) <= 9,
        },
        pairs,
    )
}

pub(super) fn hex(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("semver.txt"),
            alphabet: b"00112379abxAZ..--+",
            endings: &["-0", "-alpha", "-rc.1", ".1", "+build", "-1.2", "-dev", ".0", "-x-y", ".a"],
            admits: |_| true,
        },
        pairs,
    )
}

pub(super) fn julia(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("semver.txt"),
            alphabet: b"00112379abxAZ..--+vV",
            endings: &[
                "-", "+", "rc1", "-rc1", "+1", "-DEV", "+build.2", ".0", "-DEV.12", "+0", ".a",
                "alpha",
            ],
            admits: |version| longest_number(version) <= 18,
        },
        pairs,
    )
}

pub(super) fn letters(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("letters.txt"),
            alphabet: b"00112379abkzAKZ..--_+p",
            endings: &[
                "a", "k", "za", "p1", "-rc1", "-beta2", "-fips", "rc1", "b2", "a3", ".0", "-dev",
                "-1", "alpha", "-pre9", "+git", "_12", "-release",
            ],
            admits: |_| true,
        },
        pairs,
    )
}

pub(super) fn opam(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("opam.txt"),
            alphabet: b"0012379abzAZ..++~~-_",
            endings: &[
                "~", "~rc1", "-1", "-0", "+1", "+dune", ".0", "a", "~beta2", "-dev", "+options",
                ".00",
            ],
            admits: |_| true,
        },
        pairs,
    )
}

pub(super) fn pub_semver(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("semver.txt"),
            alphabet: b"00112379abxAZ..--+",
            endings: &[
                "-0",
                "-dev.1",
                "-rc.1",
                ".1",
                "+1",
                "+build.2",
                "+hotfix",
                "-nullsafety.0",
                ".0",
                "+a.b",
            ],
            admits: |_| true,
        },
        pairs,
    )
}

pub(super) fn swift(pairs: usize) -> Pool {
    mutate(
        &Style {
            seeds: include_str!("semver.txt"),
            alphabet: b"00112379abxAZ..--+v",
            endings: &[
                "-0", "-alpha", "-rc.1", ".1", "+build", "-beta.2", ".0", "-x-y", ".a", "-1.2",
            ],
            admits: |_| true,
        },
        pairs,
    )
}

/// Whether a package of rpm or pacman could have this version: the tools compare any text.
fn is_rpm_like(version: &str) -> bool {
    let (epoch, rest) = version.split_once(':').unwrap_or(("", version));
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, "1"));
    epoch.bytes().all(|byte| byte.is_ascii_digit())
        && version.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && !release.is_empty()
}

/// Whether a recipe could have this version: Conan compares any text.
fn is_conan_like(version: &str) -> bool {
    version.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
}

/// Rattler knows no stars, keeps no underscore with the letters before it, takes one at the end of
/// a local version, and refuses numbers beyond 64 bits.
fn is_same_in_rattler(version: &str) -> bool {
    let (release, local) = version.split_once('+').unwrap_or((version, ""));
    let kept = release.strip_suffix(['_', '-']);
    !local.ends_with(['_', '-'])
        && kept.is_none_or(|kept| kept.ends_with(|last: char| last.is_ascii_digit()))
        && longest_number(version) <= 18
}

/// Versions with a letter, put together so that both majors of apk-tools mean the same by all
/// that is not behind the letter.
pub(super) fn apk_with_letter(pairs: usize) -> Pool {
    const ENDINGS: [&str; 8] = ["", "", "_alpha", "_rc1", "_git2", "_p1", "-r0", "-r12"];
    const LETTERS: [&str; 3] = ["a", "b", "p"];
    let mut pool = Pool::new();
    let mut known = BTreeSet::new();
    while pool.versions.len() < pairs / 2 {
        let random = &mut pool.random;
        let mut start = random.below(3).to_string();
        for _ in 0..random.below(3) {
            start.push('.');
            start += &(1 + random.below(11)).to_string();
        }
        start += LETTERS[random.below(3)];
        let patch = ["", "0", "1", "01", "2", "10", "9"][random.below(7)];
        let more = if patch.is_empty() { "" } else { ["", "", ".3", "b", "b7"][random.below(5)] };
        let ending = ENDINGS[random.below(8)];
        let version = format!("{start}{patch}{more}{ending}");
        if !known.insert(version.clone()) {
            continue;
        }
        pool.push(version, None);
        let same = format!("{start}0{patch}{more}{ending}");
        if !patch.is_empty() && pool.random.below(4) == 0 && known.insert(same.clone()) {
            pool.push(same, Some(pool.versions.len() - 1));
        }
    }
    pool
}

fn mutate(style: &Style, pairs: usize) -> Pool {
    let mut pool = Pool::new();
    let mut known = BTreeSet::new();
    for seed in style.seeds.lines().filter(|line| !line.starts_with('#')) {
        if (style.admits)(seed) && known.insert(seed.to_owned()) {
            pool.push(seed.to_owned(), None);
        }
    }
    while pool.versions.len() < pairs {
        let parent = pool.random.below(pool.versions.len());
        let mut version = pool.versions[parent].clone().into_bytes();
        for _ in 0..=pool.random.below(5) {
            change(&mut version, style, &mut pool.random);
        }
        // Every change is made of ASCII characters.
        let version = String::from_utf8_lossy(&version).into_owned();
        let is_usable = !version.is_empty() && version.len() <= 40 && version != "!";
        if is_usable && (style.admits)(&version) && known.insert(version.clone()) {
            pool.push(version, Some(parent));
        }
    }
    pool
}

/// Changes a version in one place.
fn change(version: &mut Vec<u8>, style: &Style, random: &mut Random) {
    let place = random.below(version.len().max(1));
    let byte = style.alphabet[random.below(style.alphabet.len())];
    let ending = style.endings[random.below(style.endings.len())].as_bytes();
    match random.below(9) {
        0 => version.insert(place, byte),
        1 if place < version.len() => {
            version.remove(place);
        }
        2 if place < version.len() => version[place] = byte,
        3 => version.truncate(place.max(1)),
        4 => version.splice(place..place, ending.iter().copied()).for_each(drop),
        5 => {
            let copy = version[place..].to_vec();
            version.extend(copy);
        }
        6 => {
            // Another number in the place of one.
            if let Some(start) = (place..version.len()).find(|i| version[*i].is_ascii_digit()) {
                let length = version[start..].iter().take_while(|b| b.is_ascii_digit()).count();
                let number = ["0", "1", "2", "9", "10", "01", "00", "100"][random.below(8)];
                version.splice(start..start + length, number.bytes()).for_each(drop);
            }
        }
        7 => {
            // A zero before a number often changes nothing, and sometimes everything.
            if let Some(start) = (place..version.len()).find(|i| version[*i].is_ascii_digit()) {
                version.insert(start, b'0');
            }
        }
        _ => version.extend_from_slice(ending),
    }
}

fn longest_number(version: &str) -> usize {
    version.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default()
}

impl Pool {
    fn new() -> Self {
        Self { versions: Vec::new(), parents: Vec::new(), random: Random(0x77_1234_9abc) }
    }

    fn push(&mut self, version: String, parent: Option<usize>) {
        self.versions.push(version);
        self.parents.push(parent);
    }

    /// Pairs of valid versions: each changed one with its origin, then chance meetings of those
    /// that begin alike.
    pub(super) fn pairs(mut self, is_valid: &[bool], count: usize) -> Vec<(String, String)> {
        let valid: Vec<usize> = (0..self.versions.len()).filter(|i| is_valid[*i]).collect();
        let mut pairs = Vec::new();
        let mut known = BTreeSet::new();
        for &child in &valid {
            if let Some(parent) = self.parents[child]
                && is_valid[parent]
                && known.insert((parent, child))
            {
                pairs.push(if child % 2 == 0 { (parent, child) } else { (child, parent) });
            }
        }
        pairs.truncate(count * 2 / 3);
        while pairs.len() < count {
            let a = valid[self.random.below(valid.len())];
            let candidates: Vec<usize> =
                (0..8).map(|_| valid[self.random.below(valid.len())]).collect();
            let alike = |b: &usize| {
                self.versions[a]
                    .bytes()
                    .zip(self.versions[*b].bytes())
                    .take_while(|(x, y)| x == y)
                    .count()
            };
            let Some(&b) = candidates.iter().max_by_key(|b| alike(b)) else { continue };
            if a != b && known.insert((a, b)) {
                pairs.push((a, b));
            }
        }
        pairs
            .into_iter()
            .map(|(a, b)| (self.versions[a].clone(), self.versions[b].clone()))
            .collect()
    }
}

/// A small generator (SplitMix64) that gives the same questions everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from((mixed ^ (mixed >> 31)) % bound).unwrap_or_default()
    }
}
