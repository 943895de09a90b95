//! The least a scan could cost: the layers decompressed and their archives walked, by the fastest
//! programs there are. It looks into no file, and knows no package.

use super::image::{Candidate, Form, Layer, StoredImage};
use super::measure::{measure, shell_word};
use crate::process::exists;
use anyhow::{Context as _, Result};
use std::fmt::Write as _;

/// Programs that inflate from standard input to standard output, the fastest first as a rule.
const GZIP: &[&str] =
    &["igzip -dc", "libdeflate-gunzip -c", "libdeflate-gzip -dc", "pigz -dc", "gzip -dc"];
const ZSTD: &[&str] = &["zstd -dcq --long=27"];
const WALK: &[&str] = &["bsdtar -tf -", "tar -tf -"];

/// Times each program is tried; the best counts, since only that is its own speed.
const TRIES: usize = 3;

/// The programs chosen.
pub(super) struct Floor {
    gzip: Option<&'static str>,
    zstd: Option<&'static str>,
    walk: &'static str,
}

impl Floor {
    /// Tries every program that is there on the largest gzip layer of the largest image that has
    /// one, and takes those that need the least processor time.
    pub(super) fn choose(candidates: &[Candidate]) -> Result<Self> {
        let sample = candidates.iter().rev().find_map(|candidate| {
            // An image that cannot be opened is told about when it is its turn.
            let image = StoredImage::open(candidate).ok()?;
            let gzip = image.layers.iter().filter(|layer| layer.form == Form::Gzip);
            let largest = gzip.max_by_key(|layer| layer.size_bytes)?.clone();
            Some((image, largest))
        });
        let walks = there(WALK);
        let first_walk = *walks.first().context("neither bsdtar nor tar is on the search path")?;
        let zstd = there(ZSTD).first().copied();
        let gzips = there(GZIP);
        let Some((_image, layer)) = sample else {
            return Ok(Self { gzip: gzips.first().copied(), zstd, walk: first_walk });
        };
        let mut best: Option<(f64, &'static str, &'static str)> = None;
        for gzip in gzips {
            for walk in &walks {
                let floor = Self { gzip: Some(gzip), zstd, walk };
                let script = floor.script(std::slice::from_ref(&layer))?;
                for _ in 0..TRIES {
                    // A program that cannot do it is none of the fastest.
                    let Ok(cost) = measure(&script) else { break };
                    if best.is_none_or(|(cpu_s, ..)| cost.cpu_s < cpu_s) {
                        best = Some((cost.cpu_s, gzip, walk));
                    }
                }
            }
        }
        let (_, gzip, walk) = best.context("no program on the search path inflates a layer")?;
        Ok(Self { gzip: Some(gzip), zstd, walk })
    }

    /// A shell script that goes through these layers, one after the other.
    pub(super) fn script(&self, layers: &[Layer]) -> Result<String> {
        let mut script = String::new();
        for layer in layers {
            let path = shell_word(layer.path.to_str().context("a path is not UTF-8")?);
            let decompress = match layer.form {
                Form::Plain => "cat",
                Form::Gzip => self.gzip.context("no program for gzip is on the search path")?,
                Form::Zstd => self.zstd.context("no program for zstd is on the search path")?,
            };
            // Any failure must not look like one that a scanner may have.
            writeln!(script, "{decompress} < {path} | {} > /dev/null || exit 2", self.walk)?;
        }
        Ok(script)
    }

    /// The commands, for people.
    pub(super) fn describe(&self) -> String {
        let forms = [("gzip", self.gzip), ("zstd", self.zstd)];
        let chosen = forms.iter().filter_map(|(form, command)| Some((form, (*command)?)));
        let mut parts: Vec<String> =
            chosen.map(|(form, command)| format!("`{command}` for {form}")).collect();
        parts.push("`cat` for plain layers".to_owned());
        format!("{}, into `{}`", parts.join(", "), self.walk)
    }
}

/// Those of some commands whose program is on the search path.
fn there(commands: &[&'static str]) -> Vec<&'static str> {
    let is_there = |command: &&str| command.split(' ').next().is_some_and(exists);
    commands.iter().copied().filter(is_there).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(form: Form) -> Layer {
        Layer { path: "/a b/blob".into(), size_bytes: 1, form }
    }

    #[test]
    fn each_layer_is_decompressed_as_it_is_stored() {
        let floor = Floor { gzip: Some("inflate"), zstd: None, walk: "walk" };
        let script = floor.script(&[layer(Form::Gzip), layer(Form::Plain)]).unwrap();
        assert_eq!(
            script,
            "inflate < '/a b/blob' | walk > /dev/null || exit 2\n\
             cat < '/a b/blob' | walk > /dev/null || exit 2\n"
        );
        assert!(floor.script(&[layer(Form::Zstd)]).is_err());
    }
}
