//! OCI image layouts in a folder (OCI image specification, "Image Layout").

use crate::error::OpenError;
use crate::index::{self, BlobError, Request};
use crate::layer::LayerBlob;
use crate::walk::LayerError;
use lazaret_core::digest::Digest;
use lazaret_core::image::{Image, LayerInfo};
use lazaret_core::limits::Limits;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// The document a layout begins with.
pub(crate) const INDEX: &str = "index.json";

/// A layout in a folder. Its blobs can be read in any order and several at once.
pub(crate) struct Layout {
    folder: PathBuf,
}

impl Layout {
    /// Opens a layout and describes the images in it that a request means.
    pub(crate) fn open(
        folder: &Path,
        request: &Request<'_>,
    ) -> Result<(Self, Vec<Image>), OpenError> {
        // The `oci-layout` file is not insisted on: some tools do not write it.
        let layout = Self { folder: folder.to_owned() };
        let limits = request.limits;
        let bytes = read_document(&folder.join(INDEX), limits).map_err(|error| match error {
            BlobError::Missing => OpenError::NotAnImage {
                path: folder.to_owned(),
                expected: "an OCI image layout",
                found: "it has no index.json; use `lazaret rootfs DIR` for a root file system",
            },
            BlobError::TooLarge => OpenError::TooLarge {
                document: INDEX.to_owned(),
                max_bytes: limits.document_bytes_max,
            },
            BlobError::Read(error) => error,
        })?;
        let images = index::resolve(&bytes, request, &mut |digest| {
            read_document(&layout.blob(digest), limits)
        })?;
        Ok((layout, images))
    }

    /// Opens a layer's blob.
    pub(crate) fn layer(&self, layer: &LayerInfo) -> Result<LayerBlob<'static>, LayerError> {
        let digest = layer.blob_digest.clone();
        let name = digest.as_ref().map(ToString::to_string).unwrap_or_default();
        let path = digest.as_ref().map(|digest| self.blob(digest)).unwrap_or_default();
        match open_regular(&path) {
            Ok((file, size)) => Ok(LayerBlob {
                name,
                reader: Box::new(file),
                size: Some(size),
                digest,
                diff_id: layer.diff_id.clone(),
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(LayerError::Missing { layer: name })
            }
            Err(source) => Err(LayerError::Read { layer: name, source }),
        }
    }

    /// Where a blob is. A digest is well formed, so this cannot leave the folder.
    fn blob(&self, digest: &Digest) -> PathBuf {
        self.folder.join("blobs").join(digest.algorithm().name()).join(digest.hex())
    }
}

/// Opens a file and tells its size. Pipes and devices are refused: opening them may wait forever.
pub(crate) fn open_regular(path: &Path) -> io::Result<(File, u64)> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
    }
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

fn read_document(path: &Path, limits: &Limits) -> Result<Vec<u8>, BlobError> {
    let failed = |source: io::Error| match source.kind() {
        ErrorKind::NotFound => BlobError::Missing,
        _ => BlobError::Read(OpenError::Read { path: path.to_owned(), source }),
    };
    let (file, size) = open_regular(path).map_err(failed)?;
    if size > limits.document_bytes_max {
        return Err(BlobError::TooLarge);
    }
    let mut bytes = Vec::new();
    file.take(limits.document_bytes_max).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
