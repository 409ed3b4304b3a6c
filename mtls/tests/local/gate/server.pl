# The server behind the gate in gate.rs: answers each request with the head that it got. A process that it started lives on without it.
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
$SIG{PIPE} = 'IGNORE';
my $forked = fork // die "fork: $!";
if (!$forked) {
    $SIG{TERM} = 'IGNORE';
    sleep 1000 while 1;
}
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 16, ReuseAddr => 1)
    or die "127.0.0.1:$ENV{PORT}: $@";
while (1) {
    my $connection = $listener->accept or next;
    my $head = '';
    while (my $line = <$connection>) {
        last if $line eq "\r\n";
        $head .= $line;
    }
    print $connection "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ", length $head, "\r\n\r\n$head" if $head;
    close $connection;
}
