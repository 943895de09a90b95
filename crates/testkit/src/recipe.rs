//! Images written as text, so that an example can be read and changed without touching code.
//!
//! ```text
//! image harbor:1.0
//! env PATH=/usr/bin
//! layer ADD rootfs.tar /
//! file etc/os-release
//! | ID=debian
//! symlink lib usr/lib
//! layer RUN rm -rf /tmp/key
//! whiteout tmp/key
//! instruction CMD ["run"]
//! ```
//!
//! Lines of a file begin with `| `; `#` begins a comment line.

use crate::image::Image;
use crate::layer::{Entry, Layer};
use serde_json::{Value, json};

/// A line that could not be understood.
#[derive(Debug, PartialEq, Eq)]
pub struct RecipeError {
    /// Counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl std::fmt::Display for RecipeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for RecipeError {}

/// Reads a recipe.
pub fn parse(text: &str) -> Result<Image, RecipeError> {
    let mut image = Image::new("");
    for (number, line) in text.lines().enumerate() {
        let error = |message: &str| RecipeError { line: number + 1, message: message.to_owned() };
        if let Some(content) = line.strip_prefix('|') {
            let content = content.strip_prefix(' ').unwrap_or(content);
            let entry = image.layers.last_mut().and_then(|layer| layer.entries.last_mut());
            let Some(Entry::File { content: body, .. }) = entry else {
                return Err(error("a line of a file, but no file before it"));
            };
            body.extend_from_slice(content.as_bytes());
            body.push(b'\n');
            continue;
        }
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let pair = || rest.split_once(' ').ok_or_else(|| error("expected a path and a target"));
        let layer = match word {
            "image" => {
                rest.clone_into(&mut image.tag);
                continue;
            }
            "env" => {
                push(&mut image.config, "Env", rest);
                continue;
            }
            "user" => {
                image.config["User"] = json!(rest);
                continue;
            }
            "layer" | "instruction" => {
                image.layers.push(Layer::new(rest));
                continue;
            }
            _ => image.layers.pop().ok_or_else(|| error("an entry, but no layer before it"))?,
        };
        image.layers.push(match word {
            "file" => layer.file(rest, ""),
            "folder" => layer.folder(rest),
            "symlink" => layer.symlink(pair()?.0, pair()?.1),
            "hardlink" => layer.hardlink(pair()?.0, pair()?.1),
            "whiteout" => layer.whiteout(rest),
            "opaque" => layer.opaque(rest),
            _ => return Err(error("expected image, env, user, layer, instruction, file, folder, symlink, hardlink, whiteout or opaque")),
        });
    }
    Ok(image)
}

fn push(config: &mut Value, key: &str, item: &str) {
    if !config[key].is_array() {
        config[key] = json!([]);
    }
    if let Some(list) = config[key].as_array_mut() {
        list.push(json!(item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_says_what_a_builder_would() {
        let image = parse("image a:1\nenv A=b\nlayer ADD x\nfile f\n| one\n|\n| two\nwhiteout g\n")
            .unwrap();
        assert_eq!(image.tag, "a:1");
        assert_eq!(image.config, json!({"Env": ["A=b"]}));
        assert_eq!(image.layers, [Layer::new("ADD x").file("f", "one\n\ntwo\n").whiteout("g")]);
        assert_eq!(parse("file x").unwrap_err().line, 1);
        assert!(parse("layer x\nfly away").is_err());
    }
}
