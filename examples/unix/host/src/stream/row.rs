//! The row of a stream, its queues, and flow control. All of it is behind the stream's lock.

use std::collections::VecDeque;

use dlkm_rt::Held;
use unix_kernel::errno::EINVAL;
use unix_kernel::streams::{Limits, Message, Queue, Side, StreamModule, Upstream};

use crate::fault::{Fault, Result};

/// The limits of the head's queue: `STRHIGH` and `STRLOW`.
const HEAD: Limits = Limits {
    high: 5120,
    low: 1024,
    service: true,
};

/// Places, from the head at 0 to the driver.
pub(super) struct Row {
    places: Vec<Place>,
    hung_up: bool,
    /// How often the sleepers at the head were woken.
    pub(super) wakes: u64,
}

struct Place {
    name: String,
    /// `None` at the head, and while a procedure of the module runs.
    module: Option<Held<Box<dyn StreamModule>>>,
    read: Messages,
    write: Messages,
    /// What arrived while a procedure of the module ran.
    late: VecDeque<(Side, Message)>,
}

/// A queue.
struct Messages {
    limits: Limits,
    all: VecDeque<Message>,
    bytes: usize,
    /// A queue behind waits for room: `QWANTW`.
    wanted: bool,
    /// The service procedure is to run: `QENAB`.
    enabled: bool,
}

impl Messages {
    fn new(limits: Limits) -> Self {
        Messages {
            limits,
            all: VecDeque::new(),
            bytes: 0,
            wanted: false,
            enabled: false,
        }
    }
}

impl Place {
    fn new(name: &str, module: Held<Box<dyn StreamModule>>) -> Self {
        let [read, write] =
            [Side::Read, Side::Write].map(|side| Messages::new(module.limits(side)));
        Place {
            name: name.to_owned(),
            module: Some(module),
            read,
            write,
            late: VecDeque::new(),
        }
    }

    fn queue(&mut self, side: Side) -> &mut Messages {
        match side {
            Side::Read => &mut self.read,
            Side::Write => &mut self.write,
        }
    }

    /// What counts in a queue, with what has not been put yet.
    fn is_full(&mut self, side: Side) -> bool {
        let late = self.late.iter().filter(|(to, _)| *to == side);
        let late: usize = late.map(|(_, message)| message.size()).sum();
        let queue = self.queue(side);
        queue.bytes + late >= queue.limits.high
    }
}

/// A procedure's view of its queue.
struct At<'a> {
    row: &'a mut Row,
    place: usize,
    side: Side,
}

impl Queue for At<'_> {
    fn putq(&mut self, message: Message) {
        let queue = self.row.places[self.place].queue(self.side);
        queue.bytes += message.size();
        queue.all.push_back(message);
        self.row.enable(self.place, self.side);
    }

    fn getq(&mut self) -> Option<Message> {
        self.row.take(self.place, self.side)
    }

    fn putbq(&mut self, message: Message) {
        let queue = self.row.places[self.place].queue(self.side);
        queue.bytes += message.size();
        queue.all.push_front(message);
    }

    fn canputnext(&mut self) -> bool {
        self.row.can_put_next(self.place, self.side)
    }

    fn putnext(&mut self, message: Message) {
        self.row.put_next(self.place, self.side, message);
    }

    fn qreply(&mut self, message: Message) {
        let other = match self.side {
            Side::Read => Side::Write,
            Side::Write => Side::Read,
        };
        self.row.put_next(self.place, other, message);
    }
}

impl Row {
    pub(super) fn new(name: &str, driver: Held<Box<dyn StreamModule>>) -> Self {
        let head = Place {
            name: "head".to_owned(),
            module: None,
            read: Messages::new(HEAD),
            write: Messages::new(HEAD),
            late: VecDeque::new(),
        };
        Row {
            places: vec![head, Place::new(name, driver)],
            hung_up: false,
            wakes: 0,
        }
    }

    fn last(&self) -> usize {
        self.places.len() - 1
    }

    pub(super) fn start(&mut self, up: Held<Box<dyn Upstream>>) {
        let last = self.last();
        if let Some(driver) = &mut self.places[last].module {
            driver.start(up);
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.places[1..]
            .iter()
            .map(|place| place.name.clone())
            .collect()
    }

    pub(super) fn hung_up(&self) -> bool {
        self.hung_up
    }

    /// Whether there is something to read.
    pub(super) fn has_data(&self) -> bool {
        self.places[0].read.bytes > 0
    }

    /// Takes bytes from the head's queue.
    pub(super) fn read(&mut self, into: &mut [u8]) -> usize {
        let mut count = 0;
        while count < into.len() {
            let Some(message) = self.take(0, Side::Read) else {
                break;
            };
            let Message::Data(mut bytes) = message else {
                continue;
            };
            let part = bytes.len().min(into.len() - count);
            into[count..count + part].copy_from_slice(&bytes[..part]);
            count += part;
            if part < bytes.len() {
                bytes.drain(..part);
                let queue = self.places[0].queue(Side::Read);
                queue.bytes += bytes.len();
                queue.all.push_front(Message::Data(bytes));
            }
        }
        count
    }

    pub(super) fn can_write(&mut self) -> bool {
        self.can_put_next(0, Side::Write)
    }

    pub(super) fn write(&mut self, message: Message) {
        self.put_next(0, Side::Write, message);
    }

    pub(super) fn put_from_driver(&mut self, message: Message) {
        self.put_next(self.last(), Side::Read, message);
    }

    pub(super) fn can_put_from_driver(&mut self) -> bool {
        self.can_put_next(self.last(), Side::Read)
    }

    pub(super) fn enable_driver(&mut self, side: Side) {
        self.enable(self.last(), side);
    }

    /// The place that comes next on that side.
    fn next(&self, place: usize, side: Side) -> Option<usize> {
        match side {
            Side::Read => place.checked_sub(1),
            Side::Write => Some(place + 1).filter(|next| *next < self.places.len()),
        }
    }

    /// The place that comes before on that side.
    fn behind(&self, place: usize, side: Side) -> Option<usize> {
        match side {
            Side::Read => Some(place + 1).filter(|behind| *behind < self.places.len()),
            Side::Write => place.checked_sub(1),
        }
    }

    fn put_next(&mut self, place: usize, side: Side, message: Message) {
        // What a driver passes on down has nowhere to go.
        if let Some(next) = self.next(place, side) {
            self.put(next, side, message);
        }
    }

    fn put(&mut self, place: usize, side: Side, message: Message) {
        if place == 0 {
            if message == Message::Hangup {
                self.hung_up = true;
            }
            let queue = self.places[0].queue(Side::Read);
            queue.bytes += message.size();
            queue.all.push_back(message);
            return;
        }
        self.places[place].late.push_back((side, message));
        self.call(place, |_, _| {});
    }

    /// Calls a procedure of the module at that place, then the put procedure for what has arrived. It
    /// does nothing while a procedure of that module runs, which is followed by the same.
    fn call(&mut self, place: usize, procedure: impl FnOnce(&mut dyn StreamModule, &mut Row)) {
        let Some(mut module) = self.places[place].module.take() else {
            return;
        };
        procedure(&mut *module, self);
        while let Some((side, message)) = self.places[place].late.pop_front() {
            let mut queue = At {
                row: self,
                place,
                side,
            };
            module.put(side, &mut queue, message);
        }
        self.places[place].module = Some(module);
        // What had not been put yet has counted, and may have been passed on.
        for side in [Side::Read, Side::Write] {
            self.give_room(place, side);
        }
    }

    /// Whether the next queue with a service procedure has room. If not, it notes that some is wanted.
    fn can_put_next(&mut self, place: usize, side: Side) -> bool {
        let mut at = place;
        while let Some(next) = self.next(at, side) {
            if self.places[next].queue(side).limits.service {
                let full = self.places[next].is_full(side);
                self.places[next].queue(side).wanted |= full;
                return !full;
            }
            at = next;
        }
        true
    }

    /// Takes the first message of a queue.
    fn take(&mut self, place: usize, side: Side) -> Option<Message> {
        let queue = self.places[place].queue(side);
        let message = queue.all.pop_front()?;
        queue.bytes -= message.size();
        self.give_room(place, side);
        Some(message)
    }

    /// If there is room again that is wanted, the queue behind is enabled.
    fn give_room(&mut self, place: usize, side: Side) {
        let queue = self.places[place].queue(side);
        if queue.wanted && queue.bytes <= queue.limits.low {
            queue.wanted = false;
            self.back_enable(place, side);
        }
    }

    /// Enables the nearest queue behind that has a service procedure. Writers at the head wait for the
    /// stream to change.
    fn back_enable(&mut self, place: usize, side: Side) {
        let mut at = place;
        while let Some(behind) = self.behind(at, side) {
            if behind > 0 && self.places[behind].queue(side).limits.service {
                self.enable(behind, side);
                return;
            }
            at = behind;
        }
    }

    fn enable(&mut self, place: usize, side: Side) {
        let queue = self.places[place].queue(side);
        queue.enabled |= queue.limits.service;
    }

    /// Runs the service procedures that are enabled, until none is.
    pub(super) fn run_queues(&mut self) {
        while let Some((place, side)) = self.next_enabled() {
            self.places[place].queue(side).enabled = false;
            self.call(place, |module, row| {
                module.service(side, &mut At { row, place, side });
            });
        }
    }

    fn next_enabled(&self) -> Option<(usize, Side)> {
        let places = self.places.iter().enumerate().skip(1);
        places
            .filter_map(
                |(at, place)| match (place.read.enabled, place.write.enabled) {
                    (true, _) => Some((at, Side::Read)),
                    (false, true) => Some((at, Side::Write)),
                    (false, false) => None,
                },
            )
            .next()
    }

    pub(super) fn push(&mut self, name: &str, module: Held<Box<dyn StreamModule>>) {
        self.places.insert(1, Place::new(name, module));
    }

    /// Takes the module below the head out, after its close procedure. If a name is given, it must be
    /// that module's.
    pub(super) fn pop(&mut self, name: Option<&str>) -> Result<Held<Box<dyn StreamModule>>> {
        if self.last() <= 1 {
            return Err(EINVAL.into());
        }
        let top = &self.places[1].name;
        if let Some(name) = name
            && name != top
        {
            let why = format!("`{top}` is on top, not `{name}`");
            return Err(Fault::new(EINVAL, why));
        }
        // Those behind that waited for room in it get a turn, as if it had some.
        self.finish(1).ok_or_else(|| EINVAL.into())
    }

    /// Takes the driver's end out, after its close procedure.
    pub(super) fn end(&mut self) -> Option<Held<Box<dyn StreamModule>>> {
        self.hung_up = true;
        match self.last() {
            0 => None,
            last => self.finish(last),
        }
    }

    fn finish(&mut self, place: usize) -> Option<Held<Box<dyn StreamModule>>> {
        for side in [Side::Write, Side::Read] {
            self.call(place, |module, row| {
                module.close(side, &mut At { row, place, side });
            });
        }
        for side in [Side::Write, Side::Read] {
            self.back_enable(place, side);
        }
        self.places.remove(place).module
    }
}
