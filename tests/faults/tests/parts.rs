//! What the stories stand on: a posting is its number, a line that was cut off says nothing, the report adds up.
//!
//! Here and not beside the code: a run of the library's own tests would compile everything with other features once more.

use std::collections::HashSet;
use std::path::Path;

use qianbao_tests_faults::kinds::{Form, Kind, Tally};
use qianbao_tests_faults::postings::{OPENING, name, posting};
use qianbao_tests_faults::report::Report;
use qianbao_tests_faults::said::{Said, Short};

#[test]
fn a_number_is_one_posting() {
    let mut names = HashSet::new();
    for number in (0..500).chain([OPENING]) {
        assert_eq!(posting(number), posting(number));
        assert!(names.insert(name(number)), "{number} has the name of another");
        assert_eq!(posting(number).head.posting_ref(), name(number));
    }
}

#[test]
fn a_line_that_was_cut_off_says_nothing() {
    for outcome in [Short::Posted(12, 1_795_406_400_000_000), Short::Refused(7)] {
        let said = Said { number: 345, outcome };
        let line = said.to_string();
        assert_eq!(Said::parse(&line), Some(said));
        for end in 0..line.len() {
            assert_eq!(Said::parse(&line[..end]), None, "{}", &line[..end]);
        }
    }
}

/// A report that nothing was written to yet.
fn empty(base: u64) -> Report {
    Report::read(Path::new("there is no such file"), base).expect("an empty report")
}

#[test]
fn a_campaign_goes_on_where_it_was_and_begins_again_when_it_is_complete() {
    let kinds = [Kind::ErrorPostgres, Kind::FullSqlite];
    let mut report = empty(1);
    let tally = Tally { looked_for: 5, ..Tally::default() };
    report.begin(&kinds, Form::Quick);
    report.add(Kind::ErrorPostgres, Form::Quick, "one", 1, &tally, 1.0);
    report.begin(&kinds, Form::Quick);
    assert_eq!((report.left(kinds[0], Form::Quick), report.left(kinds[1], Form::Quick)), (0, 3));
    report.add(Kind::FullSqlite, Form::Quick, "two", 3, &tally, 1.0);
    report.begin(&kinds, Form::Quick);
    assert_eq!((report.left(kinds[0], Form::Quick), report.left(kinds[1], Form::Quick)), (1, 3));
    assert_eq!(report.row(Kind::FullSqlite).done, 3, "what was done stays counted");
    assert_eq!(report.left(Kind::FullSqlite, Form::Long), 97, "and counts for the long form");
    assert!(report.table(&kinds, Form::Quick).contains("full-sqlite: 3 of source two"), "and says of which source");
}

#[test]
fn every_story_has_a_seed_of_its_own() {
    let mut report = empty(7);
    let seeds: HashSet<u64> =
        (0..100).flat_map(|_| [Kind::KillSqlite, Kind::KillPostgres]).map(|kind| report.next_seed(kind)).collect();
    assert_eq!(seeds.len(), 200);
    let mut kept =
        serde_json::from_value::<Report>(serde_json::to_value(&report).expect("plain data")).expect("its own form");
    assert_eq!(kept.next_seed(Kind::KillSqlite), report.next_seed(Kind::KillSqlite), "the seeds go on where they were");
}
