//! What the demo people did in the last three weeks: a table, read from top to bottom.
//!
//! Times are days before today and the hour and minute by the clock of Hangzhou (UTC+8). Amounts are minor units of CNY.

use qianbao_core::Timestamp;

/// A demo person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// 李明, who drinks tea.
    Ming,
    /// 王岚, who shares a kitchen with him.
    Lan,
    /// 陈晨, who owns the tea shop.
    Chen,
    /// Emma Wilson, a colleague.
    Emma,
}

/// How a demo person is known.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Who.
    pub who: Who,
    /// Handle.
    pub handle: &'static str,
    /// Name shown to others.
    pub display_name: &'static str,
    /// Legal name.
    pub legal_name: &'static str,
}

/// All demo people.
pub const PEOPLE: [Known; 4] = [
    Known { who: Ming, handle: "ming", display_name: "明明", legal_name: "李明" },
    Known { who: Lan, handle: "lan", display_name: "阿岚", legal_name: "王岚" },
    Known { who: Chen, handle: "chen", display_name: "晨晨", legal_name: "陈晨" },
    Known { who: Emma, handle: "emma", display_name: "Emma", legal_name: "Emma Wilson" },
];

/// What the tea shop sells: name and price.
pub const MENU: [(&str, i64); 7] = [
    ("龙井 Longjing", 2_800),
    ("茉莉花茶 Jasmine", 1_800),
    ("桂花乌龙 Osmanthus oolong", 2_200),
    ("抹茶拿铁 Matcha latte", 2_600),
    ("绿豆糕 Mung bean cake", 1_200),
    ("桂花糕 Osmanthus cake", 1_400),
    ("普洱茶饼 Pu'er cake", 16_800),
];

/// What somebody did.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Money in by bank transfer.
    Topup(Who, i64),
    /// An order of the tea shop, paid: places in the menu with quantities, and a note.
    Buy(Who, &'static [(usize, u32)], &'static str),
    /// The same, given back in part or whole afterwards.
    BuyAndReturn(Who, &'static [(usize, u32)], i64, &'static str),
    /// An amount paid at the shop's printed code.
    Counter(Who, i64, &'static str),
    /// Money from person to person.
    Send(Who, Who, i64, &'static str),
    /// An order that was edited and then cancelled.
    Cancel(&'static [(usize, u32)]),
    /// An order that nobody paid.
    Forget(&'static [(usize, u32)]),
}

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub struct Happening {
    days_ago: i64,
    hour: i64,
    minute: i64,
    /// What.
    pub step: Step,
}

const fn on(days_ago: i64, hour: i64, minute: i64, step: Step) -> Happening {
    Happening { days_ago, hour, minute, step }
}

const DAY_S: i64 = 86_400;
const ZONE_S: i64 = 8 * 3_600;

impl Happening {
    /// When it happened, seen from `now`; what today's clock has not reached yet happened within the last hours.
    pub fn at(&self, place: usize, places: usize, now: Timestamp) -> Timestamp {
        let seconds = now.0.div_euclid(1_000_000);
        let midnight = (seconds + ZONE_S).div_euclid(DAY_S) * DAY_S - ZONE_S;
        let at = midnight - self.days_ago * DAY_S + self.hour * 3_600 + self.minute * 60;
        // The last ones keep their order and stay behind the present by some minutes each.
        let latest = seconds - 420 * i64::try_from(places - place).unwrap_or(1);
        Timestamp(at.min(latest) * 1_000_000)
    }
}

use Step::{Buy, BuyAndReturn, Cancel, Counter, Forget, Send, Topup};
use Who::{Chen, Emma, Lan, Ming};

/// Three weeks, in order.
pub const STORY: &[Happening] = &[
    on(21, 9, 12, Topup(Ming, 200_000)),
    on(21, 9, 40, Topup(Lan, 120_000)),
    on(21, 18, 5, Topup(Emma, 90_000)),
    on(20, 8, 31, Buy(Ming, &[(0, 1)], "")),
    on(20, 12, 17, Send(Ming, Lan, 8_650, "昨天的火锅")),
    on(20, 15, 2, Buy(Emma, &[(3, 1), (5, 1)], "")),
    on(19, 8, 28, Buy(Ming, &[(0, 1)], "")),
    on(19, 19, 44, Send(Lan, Ming, 3_200, "打车 🚕")),
    on(18, 10, 3, Buy(Lan, &[(1, 2), (4, 1)], "外带")),
    on(18, 10, 20, Cancel(&[(2, 1)])),
    on(17, 8, 35, Buy(Ming, &[(0, 1), (4, 1)], "")),
    on(17, 13, 8, Send(Emma, Ming, 4_500, "Lunch, thank you!")),
    on(16, 16, 51, BuyAndReturn(Ming, &[(6, 1)], 16_800, "包装破损")),
    on(15, 11, 26, Counter(Lan, 3_600, "两杯茉莉")),
    on(15, 20, 15, Send(Ming, Lan, 15_000, "这个月的水电费")),
    on(14, 8, 30, Buy(Ming, &[(2, 1)], "")),
    on(14, 9, 2, Topup(Chen, 30_000)),
    on(13, 15, 33, Buy(Emma, &[(3, 2)], "for the team")),
    on(13, 15, 50, Send(Ming, Emma, 2_600, "Thanks for the latte")),
    on(12, 9, 11, Buy(Lan, &[(1, 1)], "")),
    on(12, 18, 22, Send(Chen, Lan, 5_000, "花钱 🌸")),
    on(11, 8, 29, Buy(Ming, &[(0, 1), (5, 1)], "")),
    on(11, 14, 40, Forget(&[(3, 1)])),
    on(10, 10, 10, Counter(Emma, 4_800, "")),
    on(10, 19, 37, Send(Lan, Emma, 12_000, "Concert ticket")),
    on(9, 8, 33, Buy(Ming, &[(0, 1)], "")),
    on(9, 12, 45, BuyAndReturn(Lan, &[(2, 2), (5, 2)], 1_400, "少了一块桂花糕")),
    on(8, 9, 15, Topup(Ming, 100_000)),
    on(8, 17, 58, Send(Ming, Chen, 20_000, "生日快乐！🎂")),
    on(7, 8, 31, Buy(Ming, &[(2, 1)], "")),
    on(7, 16, 6, Buy(Emma, &[(1, 1), (4, 2)], "")),
    on(6, 11, 19, Buy(Lan, &[(6, 1)], "送妈妈的")),
    on(6, 20, 48, Send(Emma, Lan, 6_600, "Movie night")),
    on(5, 8, 27, Buy(Ming, &[(0, 1)], "")),
    on(5, 13, 30, Counter(Ming, 1_800, "")),
    on(4, 15, 14, Buy(Emma, &[(3, 1)], "")),
    on(4, 19, 9, Send(Ming, Lan, 4_320, "买菜")),
    on(3, 8, 34, Buy(Ming, &[(0, 1), (4, 1)], "")),
    on(3, 10, 56, Buy(Lan, &[(1, 1), (5, 1)], "少糖")),
    on(2, 9, 45, Topup(Lan, 50_000)),
    on(2, 12, 12, Send(Lan, Ming, 9_900, "露营装备")),
    on(1, 8, 30, Buy(Ming, &[(2, 1)], "")),
    on(1, 17, 25, Buy(Emma, &[(3, 1), (5, 1)], "")),
    on(1, 21, 3, Send(Ming, Emma, 5_000, "Badminton court")),
    on(0, 8, 29, Buy(Ming, &[(0, 1)], "")),
    on(0, 9, 41, Buy(Lan, &[(1, 1), (4, 1)], "")),
    on(0, 10, 22, Counter(Emma, 2_200, "")),
    on(0, 10, 58, Send(Lan, Ming, 2_800, "早上的茶")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_goes_forward_and_ends_before_now_at_any_hour() {
        for hour in 0..24 {
            let now = Timestamp((1_795_363_200 + hour * 3_600) * 1_000_000);
            let times: Vec<_> =
                STORY.iter().enumerate().map(|(place, step)| step.at(place, STORY.len(), now)).collect();
            assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "at hour {hour}");
            assert!(times.iter().all(|at| at.plus_seconds(300) < now), "at hour {hour}");
        }
    }
}
