//! Expressions: integers, names of other tunables, and C's operators.

use std::fmt;

use dlkm_metadata::Quoted;

use crate::limits;
use crate::operator::Operator;

/// An integer expression as in C: `shm.segments*16`, `(a.b>4)?a.b:4`. Numbers are decimal, octal
/// (`017`) or hexadecimal (`0x1F`). Names are those of other tunables; in them, `_` stands for `-`,
/// which is the minus sign here.
///
/// The operators are `( ) ~ ! - + * / % << >> < <= > >= == != & ^ | && || ?:`. A result beyond the
/// range of 127 bits is an error, and so is a division by zero, unless `&&`, `||` or `?:` leaves it
/// out. The reader takes an expression apart in linear time and without recursion.
///
/// ```
/// use dlkm_system::Expression;
///
/// let expression = Expression::parse("shm.segments*16+(1<<4)")?;
/// assert_eq!(expression.names().collect::<Vec<_>>(), ["shm.segments"]);
/// assert_eq!(expression.evaluate(&mut |_| Some(2))?, 48);
/// # Ok::<(), dlkm_system::ExpressionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expression<'a> {
    /// In postfix order.
    parts: Vec<Part<'a>>,
}

#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Number(i128),
    Name(&'a str),
    Operator(Operator),
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpressionError {
    /// A number, a name or `(` is missing at the place that the text begins with; empty at the end.
    NoOperand(String),
    /// An operator is missing at the place that the text begins with.
    NoOperator(String),
    /// A number that is none, or has more than 64 bits.
    Number(String),
    /// `(` without `)`, or the other way round.
    Parentheses,
    /// `?` without `:`, or the other way round.
    Choice,
    /// More than [`limits::EXPRESSION`] parts.
    TooLong,
    /// A name that means no tunable with an integer value.
    Name(String),
    /// A division by zero, or a number beyond the range.
    Range,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExpressionError::NoOperand(at) if at.is_empty() => {
                f.write_str("a number or a name is missing at the end")
            }
            ExpressionError::NoOperand(at) => {
                write!(f, "a number or a name is missing before `{}`", Quoted(at))
            }
            ExpressionError::NoOperator(at) => {
                write!(f, "an operator is missing before `{}`", Quoted(at))
            }
            ExpressionError::Number(text) => {
                write!(f, "`{}` is not a number of at most 64 bits", Quoted(text))
            }
            ExpressionError::Parentheses => f.write_str("the parentheses do not match"),
            ExpressionError::Choice => f.write_str("`?` and `:` do not match"),
            ExpressionError::TooLong => write!(
                f,
                "the expression has more than {} parts",
                limits::EXPRESSION
            ),
            ExpressionError::Name(name) => {
                write!(f, "`{}` is no tunable with an integer value", Quoted(name))
            }
            ExpressionError::Range => {
                f.write_str("the expression divides by zero or exceeds the range of its numbers")
            }
        }
    }
}

impl std::error::Error for ExpressionError {}

/// Turns operators into postfix order, by their precedence: the "shunting yard".
struct Yard<'a> {
    parts: Vec<Part<'a>>,
    waiting: Vec<Operator>,
}

impl<'a> Yard<'a> {
    fn put(&mut self, part: Part<'a>) -> Result<(), ExpressionError> {
        if self.parts.len() + self.waiting.len() >= limits::EXPRESSION {
            return Err(ExpressionError::TooLong);
        }
        self.parts.push(part);
        Ok(())
    }

    fn wait(&mut self, operator: Operator) -> Result<(), ExpressionError> {
        if self.parts.len() + self.waiting.len() >= limits::EXPRESSION {
            return Err(ExpressionError::TooLong);
        }
        self.waiting.push(operator);
        Ok(())
    }

    /// Moves the waiting operators that bind at least as tightly.
    fn release(&mut self, binds: u8) {
        while let Some(last) = self.waiting.pop_if(|last| last.binds() >= binds) {
            self.parts.push(Part::Operator(last));
        }
    }

    fn binary(&mut self, operator: Operator) -> Result<(), ExpressionError> {
        self.release(operator.binds());
        self.wait(operator)
    }

    /// `?` binds to the right: another one waits for its `:` and stays.
    fn question(&mut self) -> Result<(), ExpressionError> {
        self.release(Operator::Choose.binds() + 1);
        self.wait(Operator::Question)
    }

    fn colon(&mut self) -> Result<(), ExpressionError> {
        while let Some(last) = self.waiting.pop() {
            match last {
                Operator::Question => {
                    self.waiting.push(Operator::Choose);
                    return Ok(());
                }
                Operator::Parenthesis => break,
                last => self.parts.push(Part::Operator(last)),
            }
        }
        Err(ExpressionError::Choice)
    }

    /// Everything since `(`, or since the start.
    fn close(&mut self, parenthesis: bool) -> Result<(), ExpressionError> {
        while let Some(last) = self.waiting.pop() {
            match last {
                Operator::Question => return Err(ExpressionError::Choice),
                Operator::Parenthesis if parenthesis => return Ok(()),
                Operator::Parenthesis => return Err(ExpressionError::Parentheses),
                last => self.parts.push(Part::Operator(last)),
            }
        }
        match parenthesis {
            true => Err(ExpressionError::Parentheses),
            false => Ok(()),
        }
    }
}

impl<'a> Expression<'a> {
    /// Takes the text apart.
    ///
    /// # Errors
    /// It is not an expression.
    pub fn parse(text: &'a str) -> Result<Self, ExpressionError> {
        let mut yard = Yard {
            parts: Vec::new(),
            waiting: Vec::new(),
        };
        let mut rest = text;
        // Whether a number, a name or `(` must come.
        let mut operand = true;
        loop {
            rest = rest.trim_start_matches([' ', '\t']);
            let Some(sign) = rest.bytes().next() else {
                break;
            };
            let length;
            if operand {
                if sign == b'(' {
                    yard.wait(Operator::Parenthesis)?;
                    length = 1;
                } else if let Some(unary) = Operator::unary(sign) {
                    unary.map_or(Ok(()), |unary| yard.wait(unary))?;
                    length = 1;
                } else {
                    length = word_length(rest);
                    let word = &rest[..length];
                    if word.is_empty() {
                        return Err(ExpressionError::NoOperand(rest.to_owned()));
                    }
                    yard.put(match sign.is_ascii_digit() {
                        true => Part::Number(number(word)?),
                        false => Part::Name(word),
                    })?;
                    operand = false;
                }
            } else if sign == b')' {
                yard.close(true)?;
                length = 1;
            } else if sign == b'?' {
                yard.question()?;
                (operand, length) = (true, 1);
            } else if sign == b':' {
                yard.colon()?;
                (operand, length) = (true, 1);
            } else if let Some((operator, size)) = Operator::binary(rest) {
                yard.binary(operator)?;
                (operand, length) = (true, size);
            } else {
                return Err(ExpressionError::NoOperator(rest.to_owned()));
            }
            rest = &rest[length..];
        }
        if operand {
            return Err(ExpressionError::NoOperand(String::new()));
        }
        yard.close(false)?;
        Ok(Expression { parts: yard.parts })
    }

    /// The names in it, in their order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(*name),
            _ => None,
        })
    }

    /// Its value, with the values of its names.
    ///
    /// # Errors
    /// A name has no value, or the result is beyond the range.
    pub fn evaluate(
        &self,
        value: &mut dyn FnMut(&str) -> Option<i128>,
    ) -> Result<i128, ExpressionError> {
        // What `?:`, `&&` and `||` leave out may have no value, so errors are values until the end.
        let mut stack: Vec<Result<i128, ExpressionError>> = Vec::new();
        // The parser keeps operands and operators in step, so nothing is missing here.
        let next = |stack: &mut Vec<_>| stack.pop().unwrap_or(Err(ExpressionError::Range));
        for part in &self.parts {
            let result = match part {
                Part::Number(number) => Ok(*number),
                Part::Name(name) => {
                    value(name).ok_or_else(|| ExpressionError::Name((*name).to_owned()))
                }
                Part::Operator(Operator::Choose) => {
                    let (no, yes) = (next(&mut stack), next(&mut stack));
                    next(&mut stack).and_then(|chosen| if chosen != 0 { yes } else { no })
                }
                Part::Operator(operator) if operator.is_unary() => {
                    next(&mut stack).and_then(|a| apply(*operator, a, 0))
                }
                Part::Operator(operator) => {
                    let (b, a) = (next(&mut stack), next(&mut stack));
                    a.and_then(|a| match (operator, a) {
                        (Operator::BothTrue, 0) => Ok(0),
                        (Operator::OneTrue, a) if a != 0 => Ok(1),
                        _ => apply(*operator, a, b?),
                    })
                }
            };
            stack.push(result);
        }
        next(&mut stack)
    }
}

fn apply(operator: Operator, a: i128, b: i128) -> Result<i128, ExpressionError> {
    operator.apply(a, b).ok_or(ExpressionError::Range)
}

/// The length of the number or name that the text begins with.
fn word_length(text: &str) -> usize {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    text.bytes().take_while(|byte| inside(*byte)).count()
}

fn number(word: &str) -> Result<i128, ExpressionError> {
    let lower = word.to_ascii_lowercase();
    let result = match lower.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None if lower.len() > 1 && lower.starts_with('0') => u64::from_str_radix(&lower[1..], 8),
        None => lower.parse(),
    };
    let number = result.map_err(|_| ExpressionError::Number(word.to_owned()))?;
    Ok(number.into())
}

#[cfg(test)]
mod tests;
