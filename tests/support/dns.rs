//! A name server for tests, which answers from a list.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
};

use hickory_resolver::proto::{
    op::{Message, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{CNAME, MX, TXT},
    },
};

pub fn address(text: &str) -> RData {
    text.parse::<IpAddr>().unwrap().into()
}

/// `.` is the exchange of a domain that takes no mail.
pub fn mx(exchange: &str) -> RData {
    RData::MX(MX::new(10, name(exchange)))
}

/// Splits a long text into pieces of 255 bytes.
pub fn txt(text: &str) -> RData {
    RData::TXT(TXT::from_bytes(text.as_bytes().chunks(255).collect()))
}

pub fn cname(target: &str) -> RData {
    RData::CNAME(CNAME(name(target)))
}

/// The records, which may change while they are served.
pub type Zone = Arc<Mutex<Vec<(Name, RData)>>>;

pub fn zone(records: Vec<(&str, RData)>) -> Zone {
    Arc::new(Mutex::new(records.into_iter().map(|(owner, data)| (name(owner), data)).collect()))
}

pub fn start(records: Vec<(&str, RData)>) -> SocketAddr {
    serve(zone(records))
}

/// A name that begins with `failing.` gets a SERVFAIL, and one that begins with `silent.` no answer.
const FAILING: &str = "failing.";
const SILENT: &str = "silent.";

/// Answers on a free port of 127.0.0.1 until the process ends, in a thread, so that it serves any runtime.
pub fn serve(zone: Zone) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut datagram = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut datagram) {
            let Ok(question) = Message::from_vec(&datagram[..length]) else { continue };
            if asks(&question, SILENT) {
                continue;
            }
            let answer = answer(question, &zone.lock().unwrap()).to_vec().unwrap();
            socket.send_to(&answer, from).unwrap();
        }
    });
    address
}

/// A name server that never answers. It lives as long as the socket.
pub fn silent() -> (SocketAddr, UdpSocket) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    (socket.local_addr().unwrap(), socket)
}

fn asks(question: &Message, start: &str) -> bool {
    question.queries.first().is_some_and(|asked| asked.name().to_ascii().starts_with(start))
}

fn answer(question: Message, records: &[(Name, RData)]) -> Message {
    let fails = asks(&question, FAILING);
    let mut answer = question.into_response();
    let Some(asked) = answer.queries.first().cloned() else { return answer };
    let own: Vec<_> = records.iter().filter(|(owner, _)| owner == asked.name()).collect();
    for (owner, data) in &own {
        if [asked.query_type(), RecordType::CNAME].contains(&data.record_type()) {
            answer.add_answer(Record::from_rdata(owner.clone(), 60, data.clone()));
        }
    }
    answer.metadata.recursion_available = true;
    answer.metadata.response_code = match (fails, own.is_empty()) {
        (true, _) => ResponseCode::ServFail,
        (false, true) => ResponseCode::NXDomain,
        (false, false) => ResponseCode::NoError,
    };
    answer
}

pub fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).unwrap();
    name.set_fqdn(true);
    name
}
