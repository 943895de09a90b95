//! Memory that all layers walked at once share.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Buffers that wait to be used again; more than the layers walked at once would be waste.
const IDLE_BUFFERS_MAX: usize = 4;

/// What memory is asked for. Each has half of the budget, so that a layer that holds buffers and
/// waits for room for a body waits only for bodies, whose holders wait for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// Buffers of a decoder, held as long as a layer is walked.
    Buffers,
    /// The body of one file, held while a visitor looks at it.
    Bodies,
}

/// Bounds the memory for decompression and file bodies (`--memory`).
///
/// Asking waits until others give back. A request larger than its share is met when nobody else
/// holds any of it.
pub(crate) struct Budget {
    total: u64,
    held: Mutex<Held>,
    given_back: Condvar,
}

#[derive(Default)]
struct Held {
    buffers: u64,
    bodies: u64,
    /// Buffers that nobody holds. Fresh memory costs a page fault for every 4 KiB, a quarter of the
    /// time of inflating into it.
    idle: Vec<Vec<u8>>,
}

impl Held {
    fn of(&mut self, share: Share) -> &mut u64 {
        match share {
            Share::Buffers => &mut self.buffers,
            Share::Bodies => &mut self.bodies,
        }
    }

    fn idle_bytes(&self) -> u64 {
        self.idle.iter().fold(0, |sum, buffer| sum.saturating_add(bytes_of(buffer)))
    }

    /// Takes the smallest idle buffer of at least this length that there is room for.
    fn take_idle(&mut self, len: usize, room_bytes: u64) -> Option<Vec<u8>> {
        let fits = |buffer: &Vec<u8>| buffer.len() >= len && bytes_of(buffer) <= room_bytes;
        let fitting = self.idle.iter().enumerate().filter(|(_, buffer)| fits(buffer));
        let smallest = fitting.min_by_key(|(_, buffer)| buffer.len()).map(|(at, _)| at);
        smallest.map(|at| self.idle.swap_remove(at))
    }
}

/// A request that the whole budget could not meet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OverBudget {
    asked: u64,
    total: u64,
}

impl fmt::Display for OverBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it needs {} bytes of memory, more than the {} allowed", self.asked, self.total)
    }
}

/// Memory that is given back when this is dropped.
pub(crate) struct Reservation<'b> {
    budget: &'b Budget,
    share: Share,
    bytes: u64,
}

impl Budget {
    /// A budget of so many bytes.
    pub(crate) fn new(total_bytes: u64) -> Self {
        Self { total: total_bytes, held: Mutex::default(), given_back: Condvar::new() }
    }

    /// Waits for memory; an error if there is never enough.
    pub(crate) fn reserve(&self, share: Share, bytes: u64) -> Result<Reservation<'_>, OverBudget> {
        if bytes > self.total {
            return Err(OverBudget { asked: bytes, total: self.total });
        }
        let mut held = self.lock();
        while !self.grant(&mut held, share, bytes) {
            held = self.given_back.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(Reservation { budget: self, share, bytes })
    }

    /// Waits for memory for buffers that are needed whatever the budget is: as much as there can
    /// be.
    pub(crate) fn reserve_at_most(&self, bytes: u64) -> Reservation<'_> {
        let bytes = bytes.min(self.total);
        let share = Share::Buffers;
        self.reserve(share, bytes).unwrap_or(Reservation { budget: self, share, bytes: 0 })
    }

    /// Takes a buffer back, to be lent again.
    pub(crate) fn give_back(&self, buffer: Vec<u8>) {
        let mut held = self.lock();
        let kept = held.idle_bytes().saturating_add(held.buffers).saturating_add(bytes_of(&buffer));
        if held.idle.len() < IDLE_BUFFERS_MAX && kept <= self.share_bytes() {
            held.idle.push(buffer);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn share_bytes(&self) -> u64 {
        self.total / 2
    }

    fn grant(&self, held: &mut Held, share: Share, bytes: u64) -> bool {
        let before = *held.of(share);
        let after = before.saturating_add(bytes);
        if before > 0 && after > self.share_bytes() {
            return false;
        }
        *held.of(share) = after;
        // Idle buffers make way for those in use.
        while share == Share::Buffers
            && held.idle_bytes().saturating_add(after) > self.share_bytes()
            && held.idle.pop().is_some()
        {}
        true
    }
}

impl Reservation<'_> {
    /// Asks for a buffer of at least this length, with anything in it, used before if possible.
    ///
    /// Does not wait: who holds memory must not wait for more of the same share.
    pub(crate) fn try_lend(&mut self, len: usize) -> Option<Vec<u8>> {
        let mut held = self.budget.lock();
        let room_bytes = self.budget.share_bytes().saturating_sub(*held.of(self.share));
        // Out of the way before idle buffers make room.
        let used = held.take_idle(len, room_bytes);
        let is_within = |len: &usize| u64::try_from(*len).is_ok_and(|bytes| bytes <= room_bytes);
        let len = match &used {
            Some(buffer) => buffer.len(),
            None => [rounded(len), len].into_iter().find(is_within)?,
        };
        let bytes = u64::try_from(len).unwrap_or(u64::MAX);
        if !self.budget.grant(&mut held, self.share, bytes) {
            return None;
        }
        drop(held);
        self.bytes = self.bytes.saturating_add(bytes);
        Some(used.unwrap_or_else(|| vec![0; len]))
    }

    /// Takes a buffer back that was lent.
    pub(crate) fn give_back(&mut self, buffer: Vec<u8>) {
        let bytes = bytes_of(&buffer).min(self.bytes);
        self.bytes = self.bytes.saturating_sub(bytes);
        let mut held = self.budget.lock();
        let share = held.of(self.share);
        *share = share.saturating_sub(bytes);
        drop(held);
        self.budget.give_back(buffer);
        self.budget.given_back.notify_all();
    }
}

/// A length by at most an eighth longer, one of eight between two powers of two, so that a buffer for
/// one layer fits the next one of about its size. What is not written to takes no memory.
fn rounded(len: usize) -> usize {
    let step = len.checked_next_power_of_two().unwrap_or(len) / 16;
    len.checked_next_multiple_of(step).unwrap_or(len)
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut held = self.budget.lock();
        let share = held.of(self.share);
        *share = share.saturating_sub(self.bytes);
        drop(held);
        self.budget.given_back.notify_all();
    }
}

fn bytes_of(buffer: &[u8]) -> u64 {
    u64::try_from(buffer.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn a_request_waits_until_there_is_room() {
        let budget = Budget::new(200);
        let first = budget.reserve(Share::Bodies, 80).unwrap();
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let second = budget.reserve(Share::Bodies, 40).unwrap();
                sender.send(second.bytes).unwrap();
            });
            assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err());
            drop(first);
            assert_eq!(receiver.recv_timeout(Duration::from_secs(10)), Ok(40));
        });
    }

    #[test]
    fn the_shares_do_not_wait_for_each_other() {
        let budget = Budget::new(200);
        let _buffers = budget.reserve(Share::Buffers, 150).unwrap();
        let _bodies = budget.reserve(Share::Bodies, 200).unwrap();
    }

    #[test]
    fn more_than_the_whole_is_refused() {
        let over = budget_error(100, 101);
        assert_eq!(over, "it needs 101 bytes of memory, more than the 100 allowed");
        assert!(Budget::new(100).reserve(Share::Bodies, 100).is_ok());
        assert_eq!(Budget::new(100).reserve_at_most(1000).bytes, 100);
    }

    fn budget_error(total: u64, asked: u64) -> String {
        Budget::new(total).reserve(Share::Bodies, asked).err().unwrap().to_string()
    }

    #[test]
    fn lending_never_waits() {
        let budget = Budget::new(200);
        let mut one = budget.reserve(Share::Buffers, 50).unwrap();
        assert_eq!(one.try_lend(50).map(|buffer| buffer.len()), Some(50), "rounded it were 52");
        assert_eq!(one.try_lend(1), None);
        drop(one);
        assert_eq!(budget.lock().buffers, 0);
    }

    #[test]
    fn buffers_are_lent_again_and_make_way() {
        let budget = Budget::new(2_000);
        let mut one = budget.reserve(Share::Buffers, 0).unwrap();
        let mut buffer = one.try_lend(600).unwrap();
        assert_eq!((buffer.len(), one.bytes, budget.lock().buffers), (640, 640, 640));
        buffer[0] = 7;
        one.give_back(buffer);
        assert_eq!((one.bytes, budget.lock().buffers), (0, 0));
        assert_eq!(budget.lock().idle_bytes(), 640);
        let buffer = one.try_lend(500).unwrap();
        assert_eq!((buffer[0], buffer.len(), budget.lock().buffers), (7, 640, 640), "the same one");
        assert_eq!(one.try_lend(500), None);
        one.give_back(buffer);
        budget.give_back(vec![0; 300]);
        budget.give_back(vec![0; 300]);
        assert_eq!(budget.lock().idle_bytes(), 940, "no more than the share");
        let _other = budget.reserve(Share::Buffers, 400).unwrap();
        assert_eq!(budget.lock().idle_bytes(), 0);
    }

    #[test]
    fn a_buffer_that_is_used_again_does_not_make_way_for_itself() {
        let budget = Budget::new(2_000);
        budget.give_back(vec![7; 600]);
        let mut one = budget.reserve(Share::Buffers, 300).unwrap();
        assert_eq!(one.try_lend(550).map(|buffer| buffer[0]), Some(7));
    }

    #[test]
    fn lengths_are_rounded_by_an_eighth_at_most() {
        for (len, expected) in
            [(0, 0), (1, 1), (9, 9), (17, 18), (32, 32), (33, 36), (33 << 20, 36 << 20)]
        {
            assert_eq!(rounded(len), expected, "{len}");
        }
    }
}
