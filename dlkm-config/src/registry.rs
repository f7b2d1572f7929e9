//! Numbers that stay from boot to boot: `registry`, with a line `number CLASS NAME N` for each.

use std::ops::RangeInclusive;

use dlkm_system::same_name;

use crate::by::By;
use crate::error::Error;
use crate::lock::Locked;
use crate::log::{LogChange, LogEntry};
use crate::log_files::append;
use crate::planned::Subject;
use crate::root::Root;
use crate::table;

const FILE: &str = "registry";

/// A number that is assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The class of numbers, such as `char-major`. Each class has its own numbers.
    pub class: String,
    /// What the number belongs to, such as a module.
    pub name: String,
    /// The number.
    pub number: u64,
}

fn record(words: &[&str]) -> Result<Assigned, String> {
    let wrong = || "a line is `number CLASS NAME NUMBER`; correct it".to_owned();
    match words {
        ["number", class, name, number] => Ok(Assigned {
            class: (*class).to_owned(),
            name: (*name).to_owned(),
            number: number.parse().map_err(|_| wrong())?,
        }),
        _ => Err(wrong()),
    }
}

impl Root {
    /// All numbers that are assigned, in the order of the file.
    ///
    /// # Errors
    /// The file can't be read, or a line of it can't be understood.
    pub fn numbers(&self) -> Result<Vec<Assigned>, Error> {
        table::read(self, FILE, record)
    }
}

impl Locked {
    /// The number of a name: the one that it has, or else the least of `range` that no other name of
    /// this class has. master(4): a major number of -1 is assigned dynamically. It stays until it is
    /// [released](Self::release).
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # use std::time::Duration;
    /// use dlkm_config::{By, Root};
    ///
    /// let locked = Root::open(folder.path())?.lock(Duration::from_secs(5))?;
    /// let by = By::now("");
    /// assert_eq!(locked.assign("char-major", "shm", 64..=255, &by)?, 64);
    /// assert_eq!(locked.assign("char-major", "ramdisk", 64..=255, &by)?, 65);
    /// assert_eq!(locked.assign("char-major", "shm", 64..=255, &by)?, 64);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The name has a number outside of `range`, all numbers are assigned, a name has other
    /// characters than names have, or the file can't be written.
    pub fn assign(
        &self,
        class: &str,
        name: &str,
        range: RangeInclusive<u64>,
        by: &By,
    ) -> Result<u64, Error> {
        for word in [class, name] {
            if !table::is_word(word) {
                return Err(Error::RegistryName(word.to_owned()));
            }
        }
        let mut all = self.numbers()?;
        let of_class = |one: &&Assigned| same_name(&one.class, class);
        let limits = (*range.start(), *range.end());
        if let Some(own) = all
            .iter()
            .filter(of_class)
            .find(|one| same_name(&one.name, name))
        {
            return match range.contains(&own.number) {
                true => Ok(own.number),
                false => Err(Error::NumberOutside {
                    class: class.to_owned(),
                    name: name.to_owned(),
                    number: own.number,
                    range: limits,
                }),
            };
        }
        let mut taken: Vec<u64> = all.iter().filter(of_class).map(|one| one.number).collect();
        taken.sort_unstable();
        let mut range = range;
        let number = range.find(|number| taken.binary_search(number).is_err());
        let number = number.ok_or_else(|| Error::NoNumber {
            class: class.to_owned(),
            range: limits,
        })?;
        let (class, name) = (class.to_owned(), name.to_owned());
        let change = (format!("{class} {name}"), String::new(), number.to_string());
        all.push(Assigned {
            class,
            name,
            number,
        });
        self.put_numbers(&all, change, by)?;
        Ok(number)
    }

    /// Takes a number back. Another name may get it.
    ///
    /// # Errors
    /// Nothing is assigned to that name, or the file can't be written.
    pub fn release(&self, class: &str, name: &str, by: &By) -> Result<(), Error> {
        let mut all = self.numbers()?;
        let same = |one: &Assigned| same_name(&one.class, class) && same_name(&one.name, name);
        let Some(at) = all.iter().position(same) else {
            let (class, name) = (class.to_owned(), name.to_owned());
            return Err(Error::NotAssigned { class, name });
        };
        let gone = all.remove(at);
        let change = (
            format!("{class} {name}"),
            gone.number.to_string(),
            String::new(),
        );
        self.put_numbers(&all, change, by)
    }

    fn put_numbers(
        &self,
        all: &[Assigned],
        (name, old, new): (String, String, String),
        by: &By,
    ) -> Result<(), Error> {
        let lines = all.iter().map(|one| {
            let Assigned {
                class,
                name,
                number,
            } = one;
            format!("number {class} {name} {number}\n")
        });
        let mut transaction = self.transaction();
        transaction.put(FILE, lines.collect::<String>().into_bytes());
        let change = LogChange::new(Subject::Number, &name, &old, &new);
        append(
            self,
            &mut transaction,
            &LogEntry::new(by, None, vec![change]),
        )?;
        transaction.commit()
    }
}
