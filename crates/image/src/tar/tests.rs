mod dialects;
mod oracles;
mod sparse_files;
