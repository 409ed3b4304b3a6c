//! Names by `/etc/hosts` and name servers, without a module of the C library.

use std::error::Error;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};

use hickory_resolver::config::{LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name as DomainName, RecordType};
use hickory_resolver::system_conf::parse_resolv_conf;
use hickory_resolver::{Hosts, TokioResolver};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Where servers are, and how they are asked.
type Configuration = (ResolverConfig, ResolverOpts);

const HOSTS: &str = "/etc/hosts";
const SERVERS: &str = "/etc/resolv.conf";

/// Looks names up for one client.
#[derive(Clone)]
pub(crate) struct Lookup {
    read: fn() -> Result<(Hosts, Configuration), String>,
    /// Made at the first name for which the files can be read: a client may be built where no runtime is, and a file that cannot be
    /// read now may be readable at the next name.
    sources: Arc<OnceLock<Sources>>,
}

/// Where addresses come from.
struct Sources {
    hosts: Hosts,
    servers: TokioResolver,
}

impl Lookup {
    /// By the files of this machine.
    #[cfg_attr(
        test,
        allow(dead_code, reason = "the tests bring a server of their own")
    )]
    pub(crate) fn system() -> Self {
        Self::new(|| {
            let servers = configuration(fs::read(SERVERS))?;
            Ok((hosts(fs::read(HOSTS))?, servers))
        })
    }

    fn new(read: fn() -> Result<(Hosts, Configuration), String>) -> Self {
        Self {
            read,
            sources: Arc::default(),
        }
    }

    async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Box<dyn Error + Send + Sync>> {
        let sources = match self.sources.get() {
            Some(sources) => sources,
            None => {
                let read = Sources::new((self.read)()?)?;
                self.sources.get_or_init(|| read)
            }
        };
        let listed = sources.listed(name)?;
        if !listed.is_empty() {
            return Ok(listed);
        }
        Ok(sources.servers.lookup_ip(name).await?.iter().collect())
    }
}

impl Sources {
    fn new((hosts, (config, mut options)): (Hosts, Configuration)) -> Result<Self, String> {
        // The client tries the others when the first one does not answer; few apps have IPv6.
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        let provider = TokioRuntimeProvider::default();
        let mut builder = TokioResolver::builder_with_config(config, provider);
        *builder.options_mut() = options;
        let servers = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { hosts, servers })
    }

    /// The addresses of `/etc/hosts`. A name that is listed with one kind of address is asked for nowhere, also not for the other
    /// kind: the resolver by itself would ask, and wait for servers that are not there.
    fn listed(&self, name: &str) -> Result<Vec<IpAddr>, Box<dyn Error + Send + Sync>> {
        let name = DomainName::from_str_relaxed(name)?;
        let lookups = [RecordType::A, RecordType::AAAA].map(|kind| {
            let query = Query::query(name.clone(), kind);
            self.hosts.lookup_static_host(&query)
        });
        let found = lookups.into_iter().flatten().flat_map(|lookup| {
            let records = lookup.answers().iter();
            let addresses = records.filter_map(|record| record.data.ip_addr());
            addresses.collect::<Vec<_>>()
        });
        Ok(found.collect())
    }
}

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = self.clone();
        Box::pin(async move {
            let addresses = lookup.addresses(name.as_str()).await?;
            // The client puts its own port there.
            let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0));
            let addresses: Addrs = Box::new(addresses);
            Ok(addresses)
        })
    }
}

/// Without a file that names a server it is the one on this machine (resolv.conf(5)), and never a public one: names of private
/// endpoints are nobody else's business.
fn configuration(file: io::Result<Vec<u8>>) -> Result<Configuration, String> {
    let this_machine = || {
        let server = NameServerConfig::udp_and_tcp(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        (config, ResolverOpts::default())
    };
    match file {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(this_machine()),
        Err(error) => Err(unreadable(SERVERS, &error.to_string())),
        Ok(bytes) if !names_server(&bytes) => Ok(this_machine()),
        Ok(bytes) => {
            parse_resolv_conf(&bytes).map_err(|error| unreadable(SERVERS, &error.to_string()))
        }
    }
}

fn names_server(file: &[u8]) -> bool {
    let mut lines = file.split(|byte| *byte == b'\n');
    lines.any(|line| line.trim_ascii_start().starts_with(b"nameserver"))
}

fn hosts(file: io::Result<Vec<u8>>) -> Result<Hosts, String> {
    let mut hosts = Hosts::default();
    let read = match file {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(hosts),
        Err(error) => Err(error.to_string()),
        Ok(bytes) => hosts
            .read_hosts_conf(bytes.as_slice())
            .map_err(|error| error.to_string()),
    };
    read.map_err(|found| unreadable(HOSTS, &found))?;
    Ok(hosts)
}

fn unreadable(file: &str, found: &str) -> String {
    format!("expected {file} as its manual page describes it, found: {found}")
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicBool, Ordering};

    use hickory_resolver::config::ConnectionConfig;
    use test_support::name_server::NameServer;

    use super::*;

    static SERVER: LazyLock<NameServer> = LazyLock::new(|| {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        NameServer::start(address, &[("partner.test", Ipv4Addr::new(192, 0, 2, 7))])
    });

    fn by_our_server() -> Result<(Hosts, Configuration), String> {
        let mut hosts = Hosts::default();
        let listed = "127.0.0.1 localhost\n192.0.2.8 Listed.test alias\n2001:db8::8 both.test\n192.0.2.9 both.test\n";
        hosts.read_hosts_conf(listed.as_bytes()).unwrap();
        let mut udp = ConnectionConfig::udp();
        udp.port = SERVER.address().port();
        let server = NameServerConfig::new(SERVER.address().ip(), true, vec![udp]);
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        Ok((hosts, (config, ResolverOpts::default())))
    }

    #[tokio::test]
    async fn a_name_is_asked_for_where_the_configuration_says() {
        let lookup = Lookup::new(by_our_server);
        let name: Name = "partner.test".parse().unwrap();
        let found: Vec<SocketAddr> = lookup.resolve(name).await.unwrap().collect();
        assert_eq!(found, [SocketAddr::from(([192, 0, 2, 7], 0))]);
        assert!(lookup.addresses("unknown.test").await.is_err());
        for name in ["partner.test.", "unknown.test."] {
            assert!(SERVER.asked().contains(&name.to_owned()), "{name}");
        }
    }

    #[tokio::test]
    async fn a_listed_name_is_asked_for_nowhere() {
        let lookup = Lookup::new(by_our_server);
        for (name, expected) in [
            ("localhost", "127.0.0.1"),
            ("listed.test", "192.0.2.8"),
            ("ALIAS", "192.0.2.8"),
            ("both.test", "192.0.2.9 2001:db8::8"),
        ] {
            let found = lookup.addresses(name).await.unwrap();
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found.join(" "), expected, "{name}");
        }
        let listed = ["localhost", "listed", "alias", "both"];
        let asked = SERVER.asked();
        let is_listed = |name: &String| listed.iter().any(|listed| name.contains(listed));
        assert!(!asked.iter().any(is_listed), "{asked:?}");
    }

    #[test]
    fn where_no_server_is_named_the_one_of_this_machine_is_asked_and_no_other_fault_is_passed_over()
    {
        let servers = |file: io::Result<&[u8]>| {
            let (config, _) = configuration(file.map(<[u8]>::to_vec)).ok()?;
            let servers = config.name_servers.iter();
            Some(
                servers
                    .map(|server| server.ip.to_string())
                    .collect::<Vec<_>>(),
            )
        };
        let here = Some(vec!["127.0.0.1".to_owned()]);
        let there = Some(vec!["192.0.2.53".to_owned()]);
        assert_eq!(servers(Err(io::ErrorKind::NotFound.into())), here);
        assert_eq!(servers(Err(io::ErrorKind::PermissionDenied.into())), None);
        for (file, expected) in [
            ("", &here),
            ("# nobody\nsearch example.test\n", &here),
            ("nameserver 192.0.2.53\n", &there),
            (
                "search example.test\nnameserver 192.0.2.53\noptions ndots:2\n",
                &there,
            ),
            ("search a..b\nnameserver 192.0.2.53\n", &None),
        ] {
            assert_eq!(servers(Ok(file.as_bytes())), *expected, "{file}");
        }
    }

    #[tokio::test]
    async fn files_that_could_not_be_read_are_read_again_at_the_next_name() {
        static READ: AtomicBool = AtomicBool::new(false);
        let lookup = Lookup::new(|| match READ.swap(true, Ordering::Relaxed) {
            false => Err("not yet".to_owned()),
            true => by_our_server(),
        });
        assert!(lookup.addresses("listed.test").await.is_err());
        assert!(lookup.addresses("listed.test").await.is_ok());
    }
}
