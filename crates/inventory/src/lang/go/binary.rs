//! What the Go linker writes into each program: the toolchain, and every module it was built from.
//!
//! The section `.go.buildinfo` begins with a magic text. Since Go 1.18 two strings follow it, each
//! with its length in front; before, two addresses of strings. The second string is a table of
//! lines: `mod`, `dep` and `=>` with path and version, and `build` with a setting.

use super::linked::Linked;
use crate::lang::declared::{Packages, declared};
use crate::lang::program::Program;
use lazaret_core::extract::{Extractor, FileInput, Gives, ParseError, Select, Sink};
use lazaret_core::package::{Ecosystem, PackageFact, Presence};

/// Modules a Go program was built from, itself and the standard library included.
pub(crate) static BINARY: Extractor = Extractor {
    id: "go/binary",
    version: 3,
    title: "Go programs",
    spec: "https://pkg.go.dev/debug/buildinfo",
    selects: &[Select::Program],
    gives: Gives { licenses: false, source: false, ownership: false, dev: false, lines: false },
    run,
};

const MAGIC: &[u8] = b"\xff Go buildinf:";

/// Where the strings begin in the form of Go 1.18, and the alignment of the whole.
const INLINE_AT: usize = 32;
const ALIGNMENT: usize = 16;

/// Longest table, in bytes. The largest programs are built from some 2,000 modules of 150 bytes.
const TABLE_BYTES_MAX: u64 = 4 << 20;

fn run(input: &FileInput<'_>, sink: &mut Sink<'_>) -> Result<(), ParseError> {
    let program = Program::parse(input.bytes)?;
    let section = program.section(".go.buildinfo").or_else(|| program.section("__go_buildinfo"));
    let (data, is_sure) = match section {
        Some(data) => (data, true),
        None => match program.writable_data() {
            Some(data) => (data, false),
            None => return Ok(()),
        },
    };
    let Some(blob) = find(data) else {
        return if is_sure {
            Err(ParseError::new("the Go build information is damaged"))
        } else {
            Ok(())
        };
    };
    let (version, table) = strings(blob, &program)
        .ok_or_else(|| ParseError::new("the Go build information is cut"))?;
    let mut packages = Packages::new(sink);
    let mut add = |name: &str, version: &str, linked: Option<Vec<String>>| {
        let package = declared(Ecosystem::Golang, name, version, Presence::Installed, None);
        packages.add(PackageFact { linked, ..package });
    };
    let info = BuildInfo::parse(unframed(&table));
    let linked = Linked::read(&program);
    let paths: Vec<&str> = info.main.iter().chain(&info.modules).map(|m| m.imported).collect();
    let of_module = |module: &Module<'_>| {
        // What stands for another module has its code under the other one's path.
        let linked = linked.as_ref().filter(|_| module.path == module.imported)?;
        linked.of_module(module.path, &paths)
    };
    if let Some(version) = release(&version) {
        add("stdlib", &version, linked.as_ref().map(|linked| linked.of_library(&paths)));
    }
    if let Some(main) = &info.main {
        let version = info.main_version(main).or_else(|| version_in_symbols(&program, main.path));
        let version = version.or_else(|| info.commit());
        // Code of the package `main` does not say which of the module's programs it is.
        add(main.path, version.as_deref().unwrap_or("(devel)"), None);
    }
    // A folder that stands for a module has no version, and its path means nothing elsewhere.
    let released = |module: &&Module<'_>| !matches!(module.version, "" | "(devel)");
    for module in info.modules.iter().filter(released) {
        add(module.path, module.version, of_module(module));
    }
    packages.finish()
}

/// The build information in a section, which may have something in front.
fn find(data: &[u8]) -> Option<&[u8]> {
    memchr::memmem::find_iter(data, MAGIC)
        .find(|at| at.checked_rem(ALIGNMENT) == Some(0))
        .and_then(|at| data.get(at..))
}

/// The version of the toolchain and the table of modules.
fn strings(blob: &[u8], program: &Program<'_>) -> Option<(String, String)> {
    let pointer_bytes = *blob.get(14)?;
    let flags = *blob.get(15)?;
    if flags & 2 != 0 {
        let (version, rest) = inline(blob.get(INLINE_AT..)?)?;
        let (table, _) = inline(rest)?;
        return Some((text(version), text(table)));
    }
    let is_big = if pointer_bytes == 0 { program.is_big_endian() } else { flags & 1 != 0 };
    let size = usize::from(pointer_bytes);
    let pointer = |at: usize| number(blob.get(at..at.checked_add(size)?)?, is_big);
    let version = string_at(pointer(16)?, size, is_big, program)?;
    let table = string_at(pointer(size.checked_add(16)?)?, size, is_big, program)?;
    Some((text(version), text(table)))
}

/// A string with its length in front, seven bits to a byte, and what follows it.
fn inline(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut len = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        let shift = u32::try_from(at).ok()?.checked_mul(7)?;
        len |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            let rest = bytes.get(at.checked_add(1)?..)?;
            return rest.split_at_checked(usize::try_from(len).ok()?);
        }
    }
    None
}

/// The string that an address leads to: another address and a length.
fn string_at<'a>(
    address: u64,
    size: usize,
    is_big: bool,
    program: &Program<'a>,
) -> Option<&'a [u8]> {
    let header = program.at(address, u64::try_from(size).ok()?.checked_mul(2)?)?;
    let (data, len) = header.split_at_checked(size)?;
    let len = number(len, is_big)?;
    if len == 0 {
        return Some(&[]);
    }
    (len <= TABLE_BYTES_MAX).then(|| program.at(number(data, is_big)?, len))?
}

fn number(bytes: &[u8], is_big: bool) -> Option<u64> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(u64::from(if is_big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }));
    }
    let bytes = <[u8; 8]>::try_from(bytes).ok()?;
    Some(if is_big { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
}

fn text(bytes: &[u8]) -> String {
    // The frame around the table is not UTF-8.
    String::from_utf8_lossy(bytes).into_owned()
}

/// The table without the sixteen bytes that mark each of its ends.
fn unframed(table: &str) -> &str {
    let start = ["path\t", "mod\t", "dep\t", "build\t"]
        .iter()
        .filter_map(|line| table.find(line))
        .min()
        .unwrap_or(table.len());
    let table = table.get(start..).unwrap_or_default();
    table.get(..table.rfind('\n').unwrap_or(0)).unwrap_or_default()
}

/// A release such as `go1.22rc1` the way advisories write it: `1.22.0-rc.1`. Nothing for builds
/// between releases, which no advisory speaks of.
pub(crate) fn release(version: &str) -> Option<String> {
    let version = version.trim().strip_prefix("go")?;
    let version = version.split([' ', '-', '+']).next()?;
    let end = version.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(version.len());
    let (numbers, pre) = version.split_at_checked(end)?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = numbers.split('.').collect();
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(|part| is_number(part)) {
        return None;
    }
    let mut release = numbers.to_owned();
    if parts.len() == 2 {
        release.push_str(".0");
    }
    if let Some(at) = pre.find(|c: char| c.is_ascii_digit()) {
        let (word, count) = pre.split_at_checked(at)?;
        release.extend(["-", word, ".", count]);
    }
    Some(release)
}

/// A module, with what replaces it already in its place.
#[derive(Clone, Copy)]
struct Module<'a> {
    path: &'a str,
    /// The path its packages are imported by: that of the module it replaces, where it does.
    imported: &'a str,
    /// Empty or `(devel)` where it is not a released one.
    version: &'a str,
}

/// The table.
#[derive(Default)]
struct BuildInfo<'a> {
    main: Option<Module<'a>>,
    modules: Vec<Module<'a>>,
    settings: Vec<(&'a str, &'a str)>,
}

impl<'a> BuildInfo<'a> {
    fn parse(table: &'a str) -> Self {
        let mut info = Self::default();
        for line in table.lines() {
            let mut fields = line.split('\t');
            let (kind, first) = (fields.next(), fields.next().unwrap_or_default());
            let version = fields.next().unwrap_or_default();
            let module = Module { path: first, imported: first, version };
            match kind {
                Some("mod") => info.main = Some(module),
                Some("dep") => info.modules.push(module),
                Some("=>") => {
                    if let Some(last) = info.modules.last_mut() {
                        *last = Module { imported: last.imported, ..module };
                    }
                }
                Some("build") => info.settings.extend(first.split_once('=')),
                _ => {}
            }
        }
        info
    }

    fn setting(&self, key: &str) -> Option<&'a str> {
        self.settings.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    /// The version of the program itself. A program built in its repository had none before Go
    /// 1.24; then what its makers had the linker write says it.
    fn main_version(&self, main: &Module<'_>) -> Option<String> {
        if !matches!(main.version, "" | "(devel)") {
            return Some(main.version.to_owned());
        }
        self.setting("-ldflags").and_then(version_in_flags)
    }

    /// The commit the program was built from, as a version.
    fn commit(&self) -> Option<String> {
        pseudo_version(self.setting("vcs.time")?, self.setting("vcs.revision")?)
    }
}

/// Variables that makers have the linker write their version into, in the order they are believed.
const VARIABLES: [&str; 5] =
    ["version", "gitversion", "buildversion", "appversion", "versionstring"];

/// What a variable of the program itself begins with: `-trimpath` leaves the flags of the linker out
/// of the build information, and only the variable tells.
///
/// Variables of other modules have versions of their own, so that only those of the package `main`
/// and of the module's own packages count.
fn version_in_symbols(program: &Program<'_>, module: &str) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for (name, address) in program.symbols_ending(&["ersion", "ersionString"]) {
        let Some((package, variable)) = name.rsplit_once('.') else { continue };
        let is_own = package == "main"
            || package
                .strip_prefix(module)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let variable = variable.to_ascii_lowercase();
        let Some(rank) = VARIABLES.iter().position(|known| *known == variable) else { continue };
        if !is_own || best.as_ref().is_some_and(|(known, _)| *known <= rank) {
            continue;
        }
        let (size, is_big) = (program.pointer_bytes(), program.is_big_endian());
        let value = string_at(address, size, is_big, program).map(text);
        if let Some(version) = value.as_deref().and_then(released) {
            best = Some((rank, version));
        }
    }
    best.map(|(_, version)| version)
}

/// A released version such as `1.2.3` or `v1.2.3-rc.1`, with the `v` of Go.
fn released(value: &str) -> Option<String> {
    let number = value.strip_prefix('v').unwrap_or(value);
    let core = number.split(['-', '+']).next()?;
    let is_number = |part: &str| {
        !part.is_empty() && part.len() < 10 && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_release = number.len() < 100
        && core.split('.').count() == 3
        && core.split('.').all(is_number)
        && !number.contains(|c: char| c.is_whitespace() || c.is_control());
    is_release.then(|| format!("v{number}"))
}

/// A version in `-X path/to.Version=v1.2.3`.
fn version_in_flags(flags: &str) -> Option<String> {
    flags.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).find_map(|word| {
        let word = word.strip_prefix("-X=").unwrap_or(word);
        let (name, value) = word.split_once('=')?;
        let variable = name.rsplit('.').next()?.to_ascii_lowercase();
        if VARIABLES.contains(&variable.as_str()) { released(value) } else { None }
    })
}

/// The version Go gives to a commit without a tag: `v0.0.0-20220406074731-71021a481237`.
fn pseudo_version(time: &str, revision: &str) -> Option<String> {
    let digits: String = time.chars().filter(char::is_ascii_digit).take(14).collect();
    let revision = revision.get(..12)?;
    let is_commit = revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    (digits.len() == 14 && is_commit).then(|| format!("v0.0.0-{digits}-{revision}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_written_as_advisories_write_them() {
        for (toolchain, expected) in [
            ("go1.17.2", Some("1.17.2")),
            ("go1.22", Some("1.22.0")),
            ("go1.22rc1", Some("1.22.0-rc.1")),
            ("go1.9beta2", Some("1.9.0-beta.2")),
            ("go1.22.5 X:nocoverageredesign", Some("1.22.5")),
            ("go1.20.5-fips", Some("1.20.5")),
            ("devel go1.23-0123456", None),
            ("gollvm", None),
        ] {
            assert_eq!(release(toolchain).as_deref(), expected, "{toolchain}");
        }
    }

    #[test]
    fn the_program_itself_has_the_version_it_was_stamped_with() {
        let version = |table: &str| {
            let info = BuildInfo::parse(table);
            let known = info.main_version(&info.main.unwrap()).or_else(|| info.commit());
            known.unwrap_or_else(|| "(devel)".to_owned())
        };
        for (settings, expected) in [
            ("", "(devel)"),
            ("build\t-ldflags=\"-s -w -X main.version=1.2.3\"", "v1.2.3"),
            ("build\t-ldflags=\"-X 'example.org/a/v2/cmd.Version=v2.3.4-rc.1'\"", "v2.3.4-rc.1"),
            ("build\t-ldflags=\"-X main.commit=1.2.3\"", "(devel)"),
            (
                "build\tvcs.revision=71021a48123700000000\nbuild\tvcs.time=2022-04-06T07:47:31Z",
                "v0.0.0-20220406074731-71021a481237",
            ),
        ] {
            let table = format!("mod\texample.org/a\t(devel)\t\n{settings}");
            assert_eq!(version(&table), expected, "{settings}");
        }
        assert_eq!(version("mod\texample.org/a\tv1.0.0\th1:\n"), "v1.0.0");
    }

    #[test]
    fn lengths_beyond_the_end_are_refused() {
        assert_eq!(inline(b"\x02abc"), Some((&b"ab"[..], &b"c"[..])));
        assert_eq!(inline(b"\x05abc"), None);
        assert_eq!(inline(&[0xff; 20]), None);
        assert_eq!(inline(b""), None);
    }
}
