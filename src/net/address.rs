//! Decides which texts name a host, and which addresses are on the public internet. For IPv6 only one network
//! is allowed, without the reserved networks in it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_resolver::proto::rr::Name;
use ipnet::{Ipv4Net, Ipv6Net};

const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// All IPv4 networks that IANA reserves, and one address that a cloud provider reserves.
const APART_V4: [Ipv4Net; 17] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
    v4(255, 255, 255, 255, 32),
    // Answers only to machines in Azure, as 169.254.169.254 does elsewhere.
    v4(168, 63, 129, 16, 32),
];

const PUBLIC_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Protocol assignments with Teredo, documentation twice, 6to4.
const APART_V6: [Ipv6Net; 4] =
    [v6(0x2001, 0, 23), v6(0x2001, 0xdb8, 32), v6(0x2002, 0, 16), v6(0x3fff, 0, 20)];

/// The prefix by which a network without IPv4 reaches every IPv4 address (NAT64).
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 96);

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

/// Whether an address is on the public internet.
pub fn public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => public_v4(address),
        IpAddr::V6(address) if NAT64.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            public_v4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(address) => {
            PUBLIC_V6.contains(&address) && !APART_V6.iter().any(|apart| apart.contains(&address))
        }
    }
}

fn public_v4(address: Ipv4Addr) -> bool {
    !APART_V4.iter().any(|apart| apart.contains(&address))
}

/// A host as a user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    Address(IpAddr),
    Name(String),
}

impl Host {
    pub fn parse(text: &str) -> Option<Host> {
        match text.parse::<IpAddr>() {
            Ok(address) => Some(Host::Address(address.to_canonical())),
            Err(_) => host_name(text).map(Host::Name),
        }
    }
}

/// The name in lower case and ASCII, without a final dot. Other programs read a name whose last label is a
/// decimal or hexadecimal number as an address, so it is not accepted here.
pub fn host_name(text: &str) -> Option<String> {
    if text.len() > LONGEST + 1 || text.contains('\\') {
        return None;
    }
    let name = Name::from_utf8(text.strip_suffix('.').unwrap_or(text)).ok()?.to_lowercase().to_ascii();
    let fits =
        name.len() <= LONGEST && name.split('.').all(label) && !name.rsplit('.').next().is_some_and(number);
    fits.then_some(name)
}

fn label(text: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn number(label: &str) -> bool {
    let hexadecimal =
        label.strip_prefix("0x").map(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hexadecimal.unwrap_or_else(|| label.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_apart_is_not_public_in_any_disguise() {
        let inside = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
        ];
        for text in inside {
            let address: Ipv4Addr = text.parse().unwrap();
            assert!(!public(address.into()), "{text}");
            assert!(!public(address.to_ipv6_mapped().into()), "mapped {text}");
            let [.., g, h] = address.to_ipv6_mapped().segments();
            assert!(!public(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, g, h).into()), "NAT64 {text}");
            assert!(!public(Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, g, h).into()), "local NAT64 {text}");
            assert!(!public(Ipv6Addr::new(0x2002, g, h, 0, 0, 0, 0, 1).into()), "6to4 {text}");
            assert!(!public(Ipv6Addr::new(0, 0, 0, 0, 0, 0, g, h).into()), "compatible {text}");
            assert!(!public(Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, g, h).into()), "translated {text}");
        }
    }

    #[test]
    fn of_ipv6_the_global_unicast_alone_is_public() {
        let inside = [
            "::",
            "::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:808:808::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        assert!(inside.iter().all(|text| !public(text.parse().unwrap())));
        let outside = [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
        ];
        assert!(outside.iter().all(|text| public(text.parse().unwrap())));
    }

    #[test]
    fn a_host_is_an_address_or_a_name() {
        let name = |text: &str| Host::Name(text.to_owned());
        assert_eq!(Host::parse("Mail.Example.COM."), Some(name("mail.example.com")));
        assert_eq!(Host::parse("relay"), Some(name("relay")));
        assert_eq!(Host::parse("müller.example"), Some(name("xn--mller-kva.example")));
        assert_eq!(Host::parse("::ffff:10.0.0.1"), Some(Host::Address("10.0.0.1".parse().unwrap())));
        let long = format!("{}.example", "a".repeat(64));
        let longer = "a.".repeat(127) + "example";
        let none = [
            "",
            ".",
            "..",
            "a..b",
            ".a",
            "a b",
            "a\r\nb",
            "a\0b",
            "a_b",
            "-a.b",
            "a-.b",
            "a\\.b",
            "*.example",
            "http://a",
            "a:25",
            "[::1]",
            "fe80::1%eth0",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "１２７.0.0.1",
            "1.2.3.4.",
            &long,
            &longer,
            &"a".repeat(100_000),
        ];
        for text in none {
            assert_eq!(Host::parse(text), None, "{text}");
        }
    }
}
