//! Every number that bounds work on hostile input, with its reason.

/// Bounds a scan keeps to. Meeting one is a [`Problem`](crate::problem::Problem) in the report,
/// never a silent cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory for file bodies and decompression buffers, in bytes (`--memory`).
    ///
    /// 256 MiB holds the largest package databases seen (a 60 MB rpm database) several times over,
    /// and leaves a 512 MiB CI container room for the rest of the program.
    pub memory_bytes: u64,
    /// Largest file handed to an extractor, in bytes. The largest lock files are near 10 MB.
    pub file_bytes_max: u64,
    /// Largest program or archive handed to an extractor, in bytes. Programs written in Go reach
    /// 200 MB, browsers and jars with everything in them more; above the budget for bodies none is
    /// read whatever this says.
    pub program_bytes_max: u64,
    /// Archives in archives in a file. An application server's archive has three levels, and its
    /// libraries seldom a fourth.
    pub archive_depth_max: u32,
    /// What is decompressed out of the archives of one file, in bytes, all levels together: several
    /// times what the largest applications bring with them.
    pub archive_bytes_max: u64,
    /// Largest layer after decompression, in bytes; 64 GiB is several times any image in use.
    pub layer_bytes_max: u64,
    /// How many times larger than its compressed form a layer may grow once it is larger than
    /// [`Limits::ratio_free_bytes`]. Real layers stay below 100; a zip bomb is near 1,000.
    pub ratio_max: u64,
    /// Size in bytes up to which a layer may have any ratio: small layers of zeros are harmless.
    pub ratio_free_bytes: u64,
    /// Archive entries in one layer. The largest known image has 3 million files.
    pub entries_max: u64,
    /// Length of one path in bytes; Linux allows 4,096.
    pub path_bytes_max: usize,
    /// Size of one extended header (PAX or GNU long name) in bytes; tar programs write a few
    /// hundred.
    pub extended_header_bytes_max: u64,
    /// Symbolic links followed for one path, as the Linux kernel counts (`MAXSYMLINKS`).
    pub links_max: u32,
    /// Facts one file may give. A lock file with 20,000 packages is a large one.
    pub facts_per_file_max: usize,
    /// Problems kept for one layer; what is beyond is counted in a last one.
    pub problems_per_layer_max: usize,
    /// Size of a manifest, an index or an image configuration, in bytes: registries refuse
    /// manifests above 4 MiB, and configurations stay far below.
    pub document_bytes_max: u64,
    /// Layers of one image; overlay file systems stop at 500.
    pub layers_max: usize,
    /// Nesting of indexes in indexes.
    pub index_depth_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        const GIB: u64 = 1 << 30;
        Self {
            memory_bytes: 256 * MIB,
            file_bytes_max: 64 * MIB,
            program_bytes_max: 512 * MIB,
            archive_depth_max: 6,
            archive_bytes_max: GIB,
            layer_bytes_max: 64 * GIB,
            ratio_max: 200,
            ratio_free_bytes: GIB,
            entries_max: 5_000_000,
            path_bytes_max: 4_096,
            extended_header_bytes_max: MIB,
            links_max: 40,
            facts_per_file_max: 100_000,
            problems_per_layer_max: 1_000,
            document_bytes_max: 16 * MIB,
            layers_max: 1_000,
            index_depth_max: 4,
        }
    }
}
