//! Power cuts: the writing process's file system is shut down under it, mounted again, and asked for every acknowledged id.
//!
//! What was heard before the cut began has to be found. A sync that is under way while ext4 shuts down may be told that it
//! succeeded, although nothing was written any more; with its power gone a machine could not have told anybody. So what is heard
//! after the cut has begun is no acknowledgement: it is kept or not, and counted.
//!
//! The control makes the same cuts with settings that do not wait for the disk. It has to lose acknowledged ids: a test that
//! did not notice would show nothing.

use std::time::Duration;

use crate::check::{Memory, Numbers};
use crate::cluster::Cluster;
use crate::disk::Disk;
use crate::kinds::Tally;
use crate::life::{Acknowledged, Life};
use crate::postings::name;
use crate::random::Random;
use crate::said::Short;
use crate::stage::{CALLERS, NUMBERS, Stage};
use crate::store::Store;
use crate::{Told, hold};

/// What the control has to count.
pub const LOST: &str = "acknowledged and lost, as it must be";
/// Cuts of one story.
pub const CUTS: u64 = 20;

/// Whether the ledger waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// As in service.
    Kept,
    /// The control.
    Weak,
}

/// What lies on the disk.
enum Plant {
    Sqlite,
    Postgres(Cluster),
}

impl Plant {
    fn store(&self, disk: &Disk) -> Store {
        match self {
            Self::Sqlite => Store::Sqlite(disk.path().join("ledger.db")),
            Self::Postgres(cluster) => Store::Postgres { address: cluster.address(), schema: "faults".to_owned() },
        }
    }

    fn start(&mut self) -> Told<()> {
        if let Self::Postgres(cluster) = self { cluster.start(&[]) } else { Ok(()) }
    }

    fn end(&mut self) -> Told<()> {
        if let Self::Postgres(cluster) = self { cluster.end() } else { Ok(()) }
    }
}

/// Cuts the power under SQLite.
pub fn sqlite(stage: &Stage, seed: u64, cuts: u64, promise: Promise) -> Told<Tally> {
    let disk = Disk::make(&stage.folder, 48)?;
    tell(stage, disk, Plant::Sqlite, seed, cuts, promise)
}

/// Cuts the power under Postgres.
pub fn postgres(stage: &Stage, seed: u64, cuts: u64, promise: Promise) -> Told<Tally> {
    let disk = Disk::make(&stage.folder, 256)?;
    let cluster = Cluster::make(&disk.path().join("postgres"), &stage.folder.join("postgres.log"))?;
    tell(stage, disk, Plant::Postgres(cluster), seed, cuts, promise)
}

fn tell(stage: &Stage, mut disk: Disk, mut plant: Plant, seed: u64, cuts: u64, promise: Promise) -> Told<Tally> {
    let mut random = Random::new(seed);
    let (mut tally, mut memory) = (Tally::default(), Memory::default());
    let store = plant.store(&disk);
    plant.start()?;
    stage.open_new(&store)?;
    for cut in 0..cuts {
        let first = cut * NUMBERS;
        // On weak settings nothing is synced but by the copying: with copies all the time a slow disk would keep what it need not.
        let options: &[&str] = match promise {
            Promise::Weak => &["--weak"],
            Promise::Kept if random.below(3) == 0 => &[],
            Promise::Kept => &["--copy-often"],
        };
        let mut life = stage.begin(&store, first, options)?;
        life.hear(1 + random.below(200), Duration::from_mins(1))?;
        std::thread::sleep(Duration::from_micros(random.below(30_000)));
        let acknowledged = life.so_far();
        disk.cut()?;
        let mut late = end(life, &store)?;
        late.retain(|number, _| !acknowledged.contains_key(number));
        hold!(!acknowledged.is_empty(), "the cut came before the first acknowledgement");
        plant.end()?;
        disk.unmount()?;
        disk.mount()?;
        plant.start()?;
        match promise {
            Promise::Kept => {
                let numbers = Numbers { first, callers: CALLERS, end: first + NUMBERS };
                let gone = memory.check_with_late(&stage.runtime, &store.open()?, acknowledged, &late, numbers)?;
                tally.count("power cut");
                tally.add("heard after the cut had begun", late.len() as u64);
                tally.add("of them not kept", gone);
            }
            Promise::Weak => {
                tally.looked_for += acknowledged.len() as u64;
                tally.add(LOST, missing(stage, &store, &acknowledged)?);
                tally.count("power cut on weak settings");
            }
        }
    }
    if promise == Promise::Kept {
        memory.check_all(&stage.runtime, &store.open()?)?;
        tally.looked_for = memory.looked_for();
    }
    plant.end()?;
    disk.unmount()?;
    Ok(tally)
}

/// Waits for the end of a process whose disk is gone.
fn end(life: Life, store: &Store) -> Told<Acknowledged> {
    match store {
        // The first failed write stops the ledger, and the process ends by itself.
        Store::Sqlite(_) => {
            let ended = life.end(Duration::from_mins(1))?;
            hold!(ended.status.code() == Some(i32::from(crate::write::STOPPED)), "{}", Stage::unexpected(&ended));
            Ok(ended.acknowledged)
        }
        // The process would wait for its database to come back; the machine it stands for has lost its power too.
        Store::Postgres { .. } => Ok(life.kill()?.acknowledged),
    }
}

/// How many acknowledged numbers a ledger does not know any more, or knows otherwise.
fn missing(stage: &Stage, store: &Store, acknowledged: &Acknowledged) -> Told<u64> {
    let ledger = store.open()?;
    stage.runtime.block_on(async {
        let mut missing = 0;
        for (number, outcome) in acknowledged {
            let stored = ledger.posting(name(*number)).await?.map(|answer| Short::of_answer(&answer));
            missing += u64::from(stored != Some(*outcome));
        }
        Ok(missing)
    })
}
