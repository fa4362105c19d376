//! Where a mirror stands: ledger epoch, ledger sequence, the owner's change number. Opaque to clients.

use std::fmt;
use std::str::FromStr;

use qianbao_ledger::Epoch;

/// How far a mirror has read. Text form `EPOCH.SEQUENCE.CHANGE`, decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Life of the ledger; a token of another life means nothing here.
    pub epoch: Epoch,
    /// Everything up to this posting has been read.
    pub sequence: u64,
    /// Every change of a document up to this number has been read.
    pub change: i64,
}

/// The text is no token of this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a token as the last page gave it; without one the mirror starts anew")]
pub struct TokenError;

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.epoch.0, self.sequence, self.change)
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().filter(|part| part.len() <= 20).ok_or(TokenError);
        let epoch = Epoch(next()?.parse().map_err(|_| TokenError)?);
        let sequence = next()?.parse().map_err(|_| TokenError)?;
        let change = next()?.parse().map_err(|_| TokenError)?;
        if change < 0 { Err(TokenError) } else { Ok(Self { epoch, sequence, change }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_and_nothing_else_is_one() {
        let token = Token { epoch: Epoch(7), sequence: u64::MAX, change: 3 };
        assert_eq!(token.to_string().parse(), Ok(token));
        for wrong in ["", "7", "7.1", "7.1.-1", "7.-1.0", "7.1.2.3", "a.b.c", "1e3.1.1", &"9".repeat(90)] {
            assert_eq!(wrong.parse::<Token>(), Err(TokenError), "{wrong}");
        }
    }
}
