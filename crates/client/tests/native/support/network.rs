//! A network with a plan of what goes wrong.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use qianbao_api::ProblemCode;
use qianbao_client::transport::{Answer, Request, TransportError};

use super::server::{Server, problem};
use super::time::World;

/// What happens to one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Pass,
    /// The request never arrives.
    LoseRequest,
    /// The request is done, its answer never arrives.
    LoseAnswer,
    /// The client is told that the connection broke; the request arrives this many seconds later.
    Late(i64),
    /// The request arrives twice; the answer is the second one's.
    Twice,
    /// The answer comes after the deadline.
    Slow,
    /// The server is over its load: nothing happened.
    Overloaded,
    /// The server failed after it had done the request.
    InternalAfter,
    /// Something between the two answers a page of its own.
    Portal,
    /// The server refuses before it looks at the request; not one of [`FAULTS`], for a first send is over then.
    Barred,
}

pub const FAULTS: [Fault; 9] = [
    Fault::Pass,
    Fault::LoseRequest,
    Fault::LoseAnswer,
    Fault::Late(7),
    Fault::Twice,
    Fault::Slow,
    Fault::Overloaded,
    Fault::InternalAfter,
    Fault::Portal,
];

/// Way there or back, microseconds.
const HOP_US: i64 = 20_000;

pub struct Network {
    world: World,
    server: Rc<Server>,
    /// What happens to the next exchanges about a payment or a refund, in order; afterwards nothing.
    pub plan: RefCell<VecDeque<Fault>>,
    /// How long answers to `/v1/sync` take on top, microseconds.
    pub sync_delay_us: Cell<i64>,
    /// Nothing goes through at all.
    pub is_cut: Cell<bool>,
    /// Exchanges about a payment or a refund that the device began, whatever became of them.
    pub begun: Cell<usize>,
    /// The body of each refund that the device sent, whatever became of it.
    pub refund_bodies: RefCell<Vec<String>>,
}

impl Network {
    pub fn new(world: World, server: Rc<Server>) -> Self {
        Self {
            world,
            server,
            plan: RefCell::default(),
            sync_delay_us: Cell::new(0),
            is_cut: Cell::new(false),
            begun: Cell::new(0),
            refund_bodies: RefCell::default(),
        }
    }

    fn fault(&self, request: &Request) -> Fault {
        if self.is_cut.get() {
            return Fault::LoseRequest;
        }
        let is_planned = is_of_value(request);
        if is_planned { self.plan.borrow_mut().pop_front().unwrap_or(Fault::Pass) } else { Fault::Pass }
    }

    /// The device begins an exchange.
    pub fn begin(&self, request: &Request) {
        self.begun.set(self.begun.get() + usize::from(is_of_value(request)));
        if request.path.ends_with("/refunds") {
            self.refund_bodies.borrow_mut().extend(request.body.clone());
        }
    }

    pub async fn exchange(&self, request: Request) -> Result<Answer, TransportError> {
        let fault = self.fault(&request);
        let is_sync = request.path.starts_with("/v1/sync");
        self.world.sleep_us(HOP_US).await;
        let result = match fault {
            Fault::Pass => Ok(self.serve(&request)),
            Fault::LoseRequest => Err(TransportError::Broken),
            Fault::LoseAnswer => {
                self.serve(&request);
                Err(TransportError::Broken)
            }
            Fault::Late(seconds) => {
                let (world, server) = (self.world.clone(), self.server.clone());
                let arrives = self.world.sleep_us(seconds * 1_000_000);
                let session = server.signed_in.borrow().clone();
                self.world.spawn(async move {
                    arrives.await;
                    // It carries the cookie it was sent with; that session may be over.
                    if *server.signed_in.borrow() == session {
                        server.handle(&request, world.now());
                    }
                });
                Err(TransportError::Broken)
            }
            Fault::Twice => {
                self.serve(&request);
                Ok(self.serve(&request))
            }
            Fault::Slow => {
                self.serve(&request);
                self.world.sleep_us(i64::from(request.deadline_ms) * 1_000).await;
                Err(TransportError::Timeout)
            }
            Fault::Overloaded => Ok(problem(503, ProblemCode::Overloaded)),
            Fault::InternalAfter => {
                self.serve(&request);
                Ok(problem(500, ProblemCode::Internal))
            }
            Fault::Barred => Ok(problem(403, ProblemCode::OriginRefused)),
            Fault::Portal => Ok(Answer {
                status: 200,
                is_problem: false,
                request_id: String::new(),
                date: None,
                body: "<html>please sign in to the hotel</html>".to_owned(),
            }),
        };
        self.world.sleep_us(HOP_US).await;
        if is_sync {
            self.world.sleep_us(self.sync_delay_us.get()).await;
        }
        result
    }

    fn serve(&self, request: &Request) -> Answer {
        let mut answer = self.server.handle(request, self.world.now());
        let seconds = self.world.now().0.div_euclid(1_000_000);
        answer.date = Some(qianbao_core::Timestamp(seconds * 1_000_000));
        answer
    }

    /// Requests that move value and were seen by the server.
    pub fn sends(&self) -> usize {
        self.server.log.borrow().iter().filter(|line| *line == "Post /v1/payments").count()
    }
}

/// Whether the request is about a payment or a refund.
fn is_of_value(request: &Request) -> bool {
    request.path.starts_with("/v1/payments") && !request.path.ends_with("/preview")
        || request.path.ends_with("/refunds")
}
