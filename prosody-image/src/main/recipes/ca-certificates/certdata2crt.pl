# Writes a PEM file for each certificate authority that Mozilla trusts for TLS servers.
#
#   perl certdata2crt.pl certdata.txt blacklist.txt <folder>
#
# What Debian's certdata2pem.py does, with three differences: a trust record is matched to its certificate by issuer and serial number, as NSS does
# (not by label); an authority whose new certificates Mozilla no longer accepts (CKA_NSS_SERVER_DISTRUST_AFTER) is left out, as OpenSSL cannot
# express that; and file names are plain ASCII.
use strict;
use warnings;
use MIME::Base64 qw(encode_base64);

my ($certdata, $blacklist, $folder) = @ARGV;

my %blacklisted;
open(my $b, '<', $blacklist) or die "$blacklist: $!";
while (<$b>) {
    s/#.*//s;
    s/^\s+|\s+$//g;
    $blacklisted{$_} = 1 if length;
}
close $b;

my (@objects, $object);
open(my $in, '<', $certdata) or die "$certdata: $!";
while (<$in>) { last if /^BEGINDATA/ }
while (<$in>) {
    next if /^#/ || /^\s*$/;
    chomp;
    my ($field, $type, $value) = split / /, $_, 3;
    if ($field eq 'CKA_CLASS') { push @objects, $object = {} }
    die "$certdata:$.: no object\n" unless $object;
    if ($type eq 'MULTILINE_OCTAL') {
        $value = '';
        while (<$in>) {
            last if /^END/;
            $value .= chr oct $1 while /\\([0-3][0-7][0-7])/g;
        }
    }
    $object->{$field} = $value;
}
close $in;
die "$certdata: no objects\n" unless @objects;

my %trusted;
for my $o (grep { $_->{CKA_CLASS} eq 'CKO_NSS_TRUST' } @objects) {
    my $for_servers = $o->{CKA_TRUST_SERVER_AUTH};
    if ($blacklisted{$o->{CKA_LABEL}} || $for_servers ne 'CKT_NSS_TRUSTED_DELEGATOR') {
        print "left out: $o->{CKA_LABEL} ($for_servers)\n";
        next;
    }
    $trusted{$o->{CKA_ISSUER}, $o->{CKA_SERIAL_NUMBER}} = 1;
}

my %written;
for my $o (grep { $_->{CKA_CLASS} eq 'CKO_CERTIFICATE' } @objects) {
    next unless $trusted{$o->{CKA_ISSUER}, $o->{CKA_SERIAL_NUMBER}};
    # set: the DER time of that day; not set: CK_BBOOL CK_FALSE
    my $distrust_after = $o->{CKA_NSS_SERVER_DISTRUST_AFTER};
    if (defined $distrust_after && $distrust_after =~ /^\d{12}Z$/) {
        print "left out: $o->{CKA_LABEL} (nothing trusted that was issued after $distrust_after)\n";
        next;
    }
    (my $name = $o->{CKA_LABEL}) =~ s/^"(.*)"$/$1/;
    $name =~ s/\\x([0-9A-Fa-f]{2})/chr hex $1/ge;
    $name =~ tr/()/=/;
    $name =~ s/[^A-Za-z0-9._=-]+/_/g;
    $name .= '_2' if $written{$name}++;
    (my $text = encode_base64($o->{CKA_VALUE}, '')) =~ s/(.{1,64})/$1\n/g;
    open(my $out, '>', "$folder/$name.crt") or die "$folder/$name.crt: $!";
    print $out "-----BEGIN CERTIFICATE-----\n", $text, "-----END CERTIFICATE-----\n";
    close $out or die "$folder/$name.crt: $!";
}
my $count = keys %written;
print "$count certificate authorities\n";
die "suspiciously few\n" if $count < 50;
