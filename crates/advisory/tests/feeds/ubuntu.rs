//! scratch
use crate::recipe::{read_shared, shared_feeds};
#[test]
#[ignore]
fn measure() {
    let Some(root) = shared_feeds() else { return };
    let t = std::time::Instant::now();
    let records = read_shared(&root, |path| path.starts_with("ubuntu-cve-tracker/"));
    println!("parse {:?}", t.elapsed());
    let mut total = 0;
    for (name, seg) in &records.segments {
        let bytes = lazaret_advisory::write_segment(name, seg).unwrap();
        let rows: usize = seg.advisories.iter().map(|a| a.affected.len()).sum();
        println!("{name} {} records {} rows {}", bytes.len(), seg.advisories.len(), rows);
        total += bytes.len();
    }
    println!("total {total} {:?}", t.elapsed());
    println!("{:#?}", records.counts);
    println!("{:#?}", records.refused);
    println!(
        "{}",
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .filter(|l| l.contains("VmHWM"))
            .collect::<String>()
    );
}
