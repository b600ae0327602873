//! Whether a phone can reach the address that an enrolment code gives it.
//!
//! What can be told without asking the network: addresses that mean the phone itself or nothing, and names of
//! machines without a domain. Not done: whether a firewall or a network of its own lies between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What to give instead.
const INSTEAD: &str = "请用 --server http://本机在局域网中的地址:端口（如 http://192.168.1.10:7800，服务用 serve --listen 0.0.0.0:7800 启动），\
     或对外的 https 地址";

/// What is wrong with an address for a phone; `None` when nothing is to be seen.
pub(super) fn advise_on_address(server: &str) -> Option<String> {
    let (is_plain, rest) = match server.strip_prefix("http://") {
        Some(rest) => (true, rest),
        None => (false, server.strip_prefix("https://").unwrap_or(server)),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = split_port(authority);
    let said = |what: String| Some(format!("{what}。{INSTEAD}。"));
    if host.is_empty() || !host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:_".contains(&b)) {
        return said(format!("开通码里的服务器地址“{server}”写法不对，手机连不上"));
    }
    if let Some(why) = find_fault_of_host(host) {
        return said(format!("手机连不到“{host}”：{why}"));
    }
    match port {
        Some(port) if port.parse::<u16>().map_or(true, |port| port == 0) => {
            said(format!("开通码里的端口“{port}”不对，应为 1 到 65535"))
        }
        None if is_plain => said("开通码里的地址没有写端口，手机会去连 80 端口，而本服务默认在 7800 端口".to_owned()),
        _ => None,
    }
}

/// Host and port; an address of IPv6 stands in brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)))
}

fn find_fault_of_host(host: &str) -> Option<String> {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    if let Ok(address) = host.parse::<IpAddr>() {
        return find_fault_of_address(address).map(str::to_owned);
    }
    if name == "localhost" || name.ends_with(".localhost") {
        Some("在手机上它指的是手机自己".to_owned())
    } else if !name.contains('.') {
        Some("这只是一台机器的名字，手机多半不认识它".to_owned())
    } else {
        None
    }
}

fn find_fault_of_address(address: IpAddr) -> Option<&'static str> {
    let address = match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    };
    let is_link_local = match address {
        IpAddr::V4(v4) => Ipv4Addr::is_link_local(&v4),
        IpAddr::V6(v6) => Ipv6Addr::is_unicast_link_local(&v6),
    };
    if address.is_loopback() {
        Some("在手机上它指的是手机自己")
    } else if address.is_unspecified() {
        Some("它只表示“本机的所有地址”，不是能连的地址")
    } else if is_link_local {
        Some("这是没有分到地址时的临时地址，别的设备连不到")
    } else if address.is_multicast() || address == IpAddr::V4(Ipv4Addr::BROADCAST) {
        Some("它不是一台机器的地址")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::advise_on_address;

    #[test]
    fn an_address_that_no_phone_reaches_is_named_and_what_to_give_instead() {
        for (server, why) in [
            ("http://127.0.0.1:7800", "手机自己"),
            ("http://127.8.8.8:7800", "手机自己"),
            ("http://localhost:7800", "手机自己"),
            ("https://LOCALHOST.", "手机自己"),
            ("http://[::1]:7800", "手机自己"),
            ("http://[::ffff:127.0.0.1]:7800", "手机自己"),
            ("http://0.0.0.0:7800", "所有地址"),
            ("http://[::]:7800", "所有地址"),
            ("http://169.254.3.4:7800", "临时地址"),
            ("http://[fe80::1]:7800", "临时地址"),
            ("http://shequ-pc:7800", "机器的名字"),
            ("http://SHEQU-PC:7800/", "机器的名字"),
            ("https://server", "机器的名字"),
            ("http://192.168.1.10", "没有写端口"),
            ("http://192.168.1.10:0", "端口“0”不对"),
            ("http://192.168.1.10:78000", "端口“78000”不对"),
            ("http://192.168.1.10:", "端口“”不对"),
            ("http://192.168.1.10：7800", "写法不对"),
            ("http://:7800", "写法不对"),
            ("http://", "写法不对"),
        ] {
            let said = advise_on_address(server).unwrap_or_default();
            assert!(
                said.contains(why) && said.contains("--server http://本机在局域网中的地址:端口"),
                "{server}: {said}"
            );
        }
        for server in [
            "http://192.168.1.10:7800",
            "http://10.0.0.5:80/",
            "https://grid.example.cn",
            "https://grid.example.cn:8443/wangge",
            "http://[2001:db8::7]:7800",
        ] {
            assert_eq!(advise_on_address(server), None, "{server}");
        }
    }
}
