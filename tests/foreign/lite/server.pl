# SOAP::Lite: rpc/encoded, one connection at a time. Prints its port.
use strict;
use warnings;
use SOAP::Transport::HTTP;

package Accounts;

sub GetAccount {
    my ($self, $id) = @_;
    die SOAP::Fault->faultcode('Client')->faultstring('no such account')->faultdetail({ code => 'A404' })
        if $id eq 'unknown';
    die "disk of customer 4917012345 full\n" if $id eq 'broken';
    my $balance = SOAP::Data->name('balance' => '12.50')->type('decimal');
    return $balance if $id eq 'inherited';
    return $balance->attr({ xmlns => '' }) if $id eq 'named';
    return ('12.50', [{ name => 'data', amount => '0.10' }, { name => 'fee', amount => '12.40' }]);
}

package main;

$| = 1;
my $server = SOAP::Transport::HTTP::Daemon->new(LocalAddr => '127.0.0.1', LocalPort => 0);
$server->dispatch_with({ 'urn:accounts' => 'Accounts' });
$server->on_action(sub { });
print $server->url, "\n";
$server->handle;
