//! Ranges of IP addresses, as name constraints write them.

use std::net::IpAddr;

/// The addresses of a network in CIDR style: an address and a mask of as many bytes (RFC 5280, section 4.2.1.10).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct IpRange {
    network: IpAddr,
    /// How many leading bits are compared.
    prefix: u32,
}

impl IpRange {
    /// Reads 8 bytes for IPv4 or 32 for IPv6; `None` if there are more or fewer, or if the mask has holes.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let (address, mask) = content.split_at_checked(content.len() / 2)?;
        let v4 = |bytes: &[u8]| <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
        let v6 = |bytes: &[u8]| <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from);
        let network = v4(address).or_else(|| v6(address))?;
        let mask = v4(mask).or_else(|| v6(mask))?;
        let ones = leading_bits(mask).leading_ones();
        let whole = leading_bits(mask).count_ones() == ones;
        let same = network.is_ipv4() == mask.is_ipv4();
        (same && whole).then_some(Self {
            network,
            prefix: ones,
        })
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let differing = leading_bits(address) ^ leading_bits(self.network);
        address.is_ipv4() == self.network.is_ipv4() && differing.leading_zeros() >= self.prefix
    }
}

/// The bits of an address from the top of a number.
fn leading_bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_an_address_and_a_mask_without_holes() {
        for (content, inside, outside) in [
            (
                vec![192, 0, 2, 0, 255, 255, 255, 0],
                "192.0.2.255",
                "192.0.3.0",
            ),
            (
                vec![192, 0, 2, 7, 255, 255, 255, 0],
                "192.0.2.1",
                "192.0.1.255",
            ),
            (
                vec![192, 0, 2, 7, 255, 255, 255, 255],
                "192.0.2.7",
                "192.0.2.8",
            ),
            (vec![0; 8], "255.1.2.3", "::1"),
            (
                [
                    vec![0x20, 1, 0xd, 0xb8],
                    vec![0; 12],
                    vec![255; 4],
                    vec![0; 12],
                ]
                .concat(),
                "2001:db8:1::",
                "2001:db9::",
            ),
            (vec![0; 32], "::1", "10.0.0.1"),
        ] {
            let range = IpRange::read(&content).unwrap();
            assert!(
                range.contains(inside.parse().unwrap()),
                "{content:?} {inside}"
            );
            assert!(
                !range.contains(outside.parse().unwrap()),
                "{content:?} {outside}"
            );
        }
        for content in [
            vec![],
            vec![192, 0, 2, 0],
            vec![192, 0, 2, 0, 255, 255, 255],
            vec![192, 0, 2, 0, 255, 255, 255, 0, 0],
            vec![192, 0, 2, 0, 255, 0, 255, 0],
            vec![192, 0, 2, 0, 0, 0, 0, 255],
            vec![0; 16],
            vec![0; 20],
        ] {
            assert_eq!(IpRange::read(&content), None, "{content:?}");
        }
    }
}
