//! Machine-learning models: files of weights, of which only the beginning is read.

mod gguf;
mod safetensors;

pub(crate) use gguf::GGUF;
pub(crate) use safetensors::SAFETENSORS;

use lazaret_core::location::ImagePath;
use lazaret_core::package::{Ecosystem, PackageFact};

/// Longest name or license of a model, in bytes. Those on Hugging Face are below 200.
const TEXT_BYTES_MAX: usize = 512;

/// What a file of weights says of its model.
#[derive(Default)]
struct Model {
    name: Option<String>,
    version: Option<String>,
    license: Option<String>,
    maker: Option<String>,
}

impl Model {
    /// The model as a package. One that was downloaded from Hugging Face has its name and commit in
    /// the path, `models--OWNER--NAME/snapshots/COMMIT`; else the file says a name, or is named
    /// after the model. Few models have a version.
    fn package(self, path: &ImagePath) -> PackageFact {
        let is_text = |text: &String| {
            let is_short = text.len() <= TEXT_BYTES_MAX && !text.trim().is_empty();
            is_short && !text.contains(char::is_control)
        };
        let (name, version) = match downloaded(path) {
            Some((name, commit)) => (name, commit),
            None => (
                self.name.filter(is_text).unwrap_or_else(|| stem(path.name()).to_owned()),
                self.version.filter(is_text).unwrap_or_default(),
            ),
        };
        let mut package = PackageFact::installed(Ecosystem::Huggingface, name, version);
        package.licenses.extend(self.license.filter(is_text));
        package.vendor = self.maker.filter(is_text);
        package
    }
}

/// Name and commit of a model in the cache of Hugging Face's programs.
fn downloaded(path: &ImagePath) -> Option<(String, String)> {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    let [folder, _, commit] = parts.windows(3).find_map(|window| match window {
        [folder, "snapshots", commit] => Some([*folder, "snapshots", *commit]),
        _ => None,
    })?;
    let name = folder.strip_prefix("models--")?.replacen("--", "/", 1);
    (!name.is_empty()).then(|| (name, commit.to_owned()))
}

/// The name of a file without its ending and the number of its part: `x-00001-of-00004.gguf`.
fn stem(name: &str) -> &str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut parts = stem.rsplitn(4, '-');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| part.len() == 5 && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_part = is_number(parts.next()) && parts.next() == Some("of") && is_number(parts.next());
    parts.next().filter(|rest| is_part && !rest.is_empty()).unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_of_several_files_has_one_name() {
        for (name, expected) in [
            ("llama-3-8b.Q4_0.gguf", "llama-3-8b.Q4_0"),
            ("model-00001-of-00004.safetensors", "model"),
            ("model-1-of-4.safetensors", "model-1-of-4"),
            ("model.safetensors", "model"),
        ] {
            assert_eq!(stem(name), expected);
        }
    }

    #[test]
    fn the_cache_of_hugging_face_names_models() {
        let path = |text: &str| ImagePath::parse(text.as_bytes()).unwrap();
        let cached = path("root/hub/models--bert--base--x/snapshots/86b5/model.safetensors");
        let expected = ("bert/base--x".to_owned(), "86b5".to_owned());
        assert_eq!(downloaded(&cached), Some(expected));
        assert_eq!(downloaded(&path("srv/snapshots/86b5/model.safetensors")), None);
    }
}
