//! A disk that gets full while a ledger writes, and has room again.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::check::Memory;
use crate::cluster::Cluster;
use crate::disk::{Disk, mount_small, resize, unmount_small};
use crate::kinds::Tally;
use crate::random::Random;
use crate::stage::{NUMBERS, Stage};
use crate::store::Store;
use crate::write::STOPPED;
use crate::{Told, hold};

/// SQLite: the ledger stops and says that the disk is full; with room again it opens and goes on.
pub fn sqlite(stage: &Stage, seed: u64) -> Told<Tally> {
    let mut random = Random::new(seed);
    let (mut tally, mut memory) = (Tally::default(), Memory::default());
    let at = stage.folder.join("small");
    mount_small(&at, 1_500 + random.below(3_000))?;
    let store = Store::Sqlite(at.join("ledger.db"));
    stage.open_new(&store)?;
    let often: &[&str] = if random.below(2) == 0 { &[] } else { &["--copy-often"] };
    let ended = stage.begin(&store, 0, often)?.end(Duration::from_mins(2))?;
    hold!(ended.status.code() == Some(i32::from(STOPPED)), "{}", Stage::unexpected(&ended));
    hold!(ended.words.contains("disk is full"), "it did not say that the disk is full: {}", ended.words);
    // With no room it may not open; when it does, it has to know everything.
    tally.count(match store.open() {
        Ok(ledger) => {
            memory_of(stage, &ledger, &ended.acknowledged)?;
            "opened on the full disk, everything there"
        }
        Err(_) => "not opened on the full disk",
    });
    resize(&at, 64 * 1024)?;
    stage.check(&store, &mut memory, ended.acknowledged, 0)?;
    let mut life = stage.begin(&store, NUMBERS, &[])?;
    life.hear(100, Duration::from_mins(1))?;
    stage.check(&store, &mut memory, life.kill()?.acknowledged, NUMBERS)?;
    memory.check_all(&stage.runtime, &store.open()?)?;
    tally.count("full disk, and room again");
    tally.looked_for = memory.looked_for();
    unmount_small(&at)?;
    Ok(tally)
}

fn memory_of(stage: &Stage, ledger: &qianbao_ledger::Ledger, life: &crate::life::Acknowledged) -> Told<()> {
    stage.runtime.block_on(async {
        for (number, outcome) in life {
            let stored = ledger.posting(crate::postings::name(*number)).await?;
            let stored = stored.map(|answer| crate::said::Short::of_answer(&answer));
            hold!(stored == Some(*outcome), "LOST on a full disk: {number} was {outcome:?} and is {stored:?}");
        }
        Ok(())
    })
}

/// Postgres: callers are told to try again; with room again the same process goes on, when the database has been started
/// again where it had ended.
pub fn postgres(stage: &Stage, seed: u64) -> Told<Tally> {
    let mut random = Random::new(seed);
    let (mut tally, mut memory) = (Tally::default(), Memory::default());
    let disk = Disk::make(&stage.folder, 128)?;
    let mut cluster = Cluster::make(&disk.path().join("postgres"), &stage.folder.join("postgres.log"))?;
    cluster.start(&[])?;
    let store = Store::Postgres { address: cluster.address(), schema: "faults".to_owned() };
    stage.open_new(&store)?;
    let mut life = stage.begin(&store, 0, &[])?;
    life.hear(50 + random.below(200), Duration::from_mins(1))?;
    let ballast = disk.path().join("ballast");
    fill(&ballast)?;
    let began = Instant::now();
    let mut last = (life.count(), Instant::now());
    // Nobody is answered for three seconds: it is full.
    while last.1.elapsed() < Duration::from_secs(3) {
        hold!(began.elapsed() < Duration::from_mins(3), "the disk does not get full");
        std::thread::sleep(Duration::from_millis(50));
        if life.count() != last.0 {
            last = (life.count(), Instant::now());
            fill(&ballast)?;
        }
    }
    std::fs::remove_file(&ballast)?;
    if cluster.has_ended()? {
        cluster.end()?;
        cluster.start(&[])?;
        tally.count("the database had ended");
    }
    life.hear(last.0 + 50, Duration::from_mins(1))?;
    hold!(life.count() >= last.0 + 50, "the process ended with {}", life.kill()?.words);
    stage.check(&store, &mut memory, life.kill()?.acknowledged, 0)?;
    tally.count("full disk, and room again");
    tally.looked_for = memory.looked_for();
    cluster.end()?;
    Ok(tally)
}

/// Writes until there is no room.
fn fill(ballast: &std::path::Path) -> Told<()> {
    let mut file = std::fs::File::options().create(true).append(true).open(ballast)?;
    for size in [65_536, 4_096] {
        while file.write_all(&vec![7; size]).is_ok() {}
    }
    let _ = file.sync_all();
    Ok(())
}
