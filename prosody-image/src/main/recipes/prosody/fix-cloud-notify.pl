# Mends 0009-mod_cloud_notify-….patch, which replaced event handlers by send_iq() but left three slips:
# send_iq() hands over an event (or an error whose context has the stanza), not the stanza itself, so that both handlers failed at their first line:
# errors were not counted and push services that are gone never given up; and what is forgotten afterwards was looked up by the id of the
# message (which may be nil) in place of the id of the push, so that two table entries stayed for each push, a slower form of the same leak.
use strict;
use warnings;

local $/;
my $text = <STDIN>;
sub change {
    my ($from, $to, $times) = @_;
    my $done = $text =~ s/\Q$from\E/$to/g;
    die "$from: $done times, expected $times\n" unless $done == $times;
}
change("function handle_push_error(stanza)\n",
    "function handle_push_error(err)\n"
    . "\tlocal stanza = err.context and err.context.stanza;\n"
    . "\tif not stanza then return false; end -- no answer at all: says nothing about the registration\n", 1);
change("function handle_push_success(stanza)\n",
    "function handle_push_success(event)\n"
    . "\tlocal stanza = event.stanza;\n", 1);
change("\t\t\t\t\tid2node[stanza.attr.id] = nil;\n", "\t\t\t\t\tid2node[stanza_id] = nil;\n", 1);
change("\t\t\t\t\tid2identifier[stanza.attr.id] = nil;\n", "\t\t\t\t\tid2identifier[stanza_id] = nil;\n", 1);
print $text;
