//! The texts of the bank's page.

use qianbao_connectors::sandbox::wire::Trouble;
use qianbao_core::Locale;

use super::Problem;

/// The texts in one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) bank: &'static str,
    pub(super) demo: &'static str,
    pub(super) title: &'static str,
    pub(super) account: &'static str,
    pub(super) amount: &'static str,
    pub(super) reference: &'static str,
    pub(super) name: &'static str,
    pub(super) demo_name: &'static str,
    pub(super) send: &'static str,
    pub(super) done: &'static str,
    pub(super) told: &'static str,
    pub(super) entry: &'static str,
    pub(super) no_money: &'static str,
    pub(super) trouble: &'static str,
    pub(super) trouble_label: &'static str,
    problems: [&'static str; 3],
    troubles: [&'static str; Trouble::ALL.len()],
}

impl Words {
    pub(super) fn problem(&self, problem: Problem) -> &'static str {
        self.problems[match problem {
            Problem::Account => 0,
            Problem::Amount => 1,
            Problem::Text => 2,
        }]
    }

    pub(super) fn trouble(&self, trouble: Trouble) -> &'static str {
        let place = Trouble::ALL.iter().position(|&known| known == trouble);
        place.map_or("", |place| self.troubles[place])
    }
}

pub(super) const fn of(locale: Locale) -> &'static Words {
    match locale {
        Locale::Zh => &ZH,
        Locale::En => &EN,
    }
}

static ZH: Words = Words {
    bank: "青禾银行",
    demo: "演示",
    title: "转账",
    account: "收款账号",
    amount: "金额（元）",
    reference: "附言（充值码）",
    name: "付款人",
    demo_name: "李明",
    send: "确认转账",
    done: "转账成功",
    told: "银行会马上通知钱包。您可以回到钱包页面查看余额。",
    entry: "流水号",
    no_money: "这是演示银行，不动用真实资金。",
    trouble: "模拟故障",
    trouble_label: "到账通知",
    problems: ["没有这个收款账号，请核对。", "请输入大于零的金额，最多两位小数。", "请填写附言和付款人，不要太长。"],
    troubles: [
        "正常",
        "重复发送",
        "晚 20 秒",
        "签名错误，之后重发",
        "签名过期，之后重发",
        "充值码丢失",
        "等不到回答就挂断",
        "不发通知",
    ],
};

static EN: Words = Words {
    bank: "Qinghe Bank",
    demo: "Demo",
    title: "Transfer",
    account: "To account",
    amount: "Amount (CNY)",
    reference: "Reference (top-up code)",
    name: "From",
    demo_name: "Li Ming",
    send: "Transfer",
    done: "Transfer sent",
    told: "The bank tells the wallet right away. Go back to your wallet to see the balance.",
    entry: "Entry",
    no_money: "This is a demo bank. No real money moves.",
    trouble: "Make something go wrong",
    trouble_label: "Notice to the wallet",
    problems: [
        "Nobody has this account. Check the number.",
        "Type an amount above zero with at most two decimals.",
        "Fill in the reference and who pays, not too long.",
    ],
    troubles: [
        "As it should be",
        "Sent several times",
        "20 seconds late",
        "Wrong signature, then right",
        "Old signature, then right",
        "Reference lost",
        "Hangs up without waiting for the answer",
        "Never sent",
    ],
};
