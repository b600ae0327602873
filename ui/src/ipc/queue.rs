//! Taking turns: who joined first is served first.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// A queue in one thread.
#[derive(Debug, Default)]
pub(super) struct Queue(Rc<RefCell<Line>>);

#[derive(Debug, Default)]
struct Line {
    next: u64,
    /// Those who have not been served to the end, in order; with whom to wake when they come first.
    waiting: BTreeMap<u64, Option<Waker>>,
}

/// A place in the queue: whoever holds the first one is being served. Dropped, the next is.
#[derive(Debug)]
pub(super) struct Turn {
    number: u64,
    line: Rc<RefCell<Line>>,
}

impl Queue {
    /// Joins the queue now; ready when everybody before has left it.
    pub(super) fn join(&self) -> impl Future<Output = Turn> + use<> {
        let line = Rc::clone(&self.0);
        let number = {
            let mut line = line.borrow_mut();
            line.next += 1;
            let number = line.next;
            line.waiting.insert(number, None);
            number
        };
        let mut turn = Some(Turn { number, line });
        poll_fn(move |context| {
            let is_first = turn.as_ref().is_some_and(|turn| turn.come_first_or_wait(context.waker()));
            match turn.take_if(|_| is_first) {
                Some(turn) => Poll::Ready(turn),
                None => Poll::Pending,
            }
        })
    }
}

impl Turn {
    fn come_first_or_wait(&self, waker: &Waker) -> bool {
        let mut line = self.line.borrow_mut();
        let is_first = line.waiting.first_key_value().is_some_and(|(first, _)| *first == self.number);
        if !is_first {
            line.waiting.insert(self.number, Some(waker.clone()));
        }
        is_first
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let next = {
            let mut line = self.line.borrow_mut();
            line.waiting.remove(&self.number);
            line.waiting.first_entry().and_then(|mut first| first.get_mut().take())
        };
        if let Some(waker) = next {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Context;

    use super::*;

    fn poll<T>(future: &mut std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_form_is_written_before_it_is_submitted_whoever_asks_more_often() {
        let queue = Queue::default();
        let mut save = pin!(queue.join());
        let mut submit = pin!(queue.join());
        assert!(poll(&mut submit).is_none(), "the save was asked for first");
        let saving = poll(&mut save).expect("its turn");
        assert!(poll(&mut submit).is_none(), "the save is on its way");
        drop(saving);
        assert!(poll(&mut submit).is_some());
    }

    #[test]
    fn who_gives_up_waiting_holds_nobody_up() {
        let queue = Queue::default();
        let first = poll(&mut pin!(queue.join())).expect("nobody before");
        let gone = queue.join();
        let mut last = pin!(queue.join());
        drop(gone);
        assert!(poll(&mut last).is_none());
        drop(first);
        assert!(poll(&mut last).is_some());
    }
}
