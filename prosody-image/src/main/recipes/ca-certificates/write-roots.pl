# Writes one PEM file for each authority that Mozilla's certdata.txt trusts to certify TLS servers.
#
#   perl write-roots.pl certdata.txt left-out.txt <folder>
#
# The format is described at the head of certdata.txt: PKCS #11 objects, an attribute per line, bytes in octal. An authority
# is a CKO_CERTIFICATE; how far it is trusted is said by the trust object with the same issuer and serial number.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use MIME::Base64 qw(encode_base64);

sub text_of {
    my ($path) = @_;
    open(my $file, '<:raw', $path) or die "$path: $!\n";
    local $/;
    return scalar <$file>;
}

sub bytes_of {
    my ($octal) = @_;
    return pack 'C*', map { oct } $octal =~ /(\d{3})/g;
}

my ($certdata, $left_out, $folder) = @ARGV;
my (@authorities, %servers);

my $text = text_of($certdata);
while ($text =~ /^CKA_CLASS CK_OBJECT_CLASS (\w+)\n(.*?)(?=^CKA_CLASS |\z)/gms) {
    my ($class, $body) = ($1, $2);
    my %text = $body =~ /^(CKA_\w+) (?!MULTILINE_OCTAL)\w+ (.*)$/gm;
    my %octal = $body =~ /^(CKA_\w+) MULTILINE_OCTAL\n([\\\d\n]*)END$/gm;
    my $whose = join ' ', grep { defined } @octal{qw(CKA_ISSUER CKA_SERIAL_NUMBER)};
    if ($class eq 'CKO_CERTIFICATE') {
        die "$certdata: $text{CKA_LABEL} has no certificate\n" unless $octal{CKA_VALUE};
        push @authorities, {
            der => bytes_of($octal{CKA_VALUE}),
            label => $text{CKA_LABEL} =~ s/"//gr,
            # Certificates issued before a date only: which OpenSSL cannot check.
            limited => exists $octal{CKA_NSS_SERVER_DISTRUST_AFTER},
            whose => $whose,
        };
    } elsif ($class =~ /^CKO_(?:NSS_)?TRUST$/) {
        $servers{$whose} = $text{CKA_TRUST_SERVER_AUTH};
    }
}
die "$certdata: no authorities found\n" unless @authorities;

my %reasons;
for my $line (grep { !/^#/ } split /\n/, text_of($left_out)) {
    my ($hash, $label, $reason) = $line =~ /^([0-9a-f]{64})\t([^\t]+)\t([^\t]+)$/
        or die "$left_out: expected SHA-256, label and reason, apart by tabs; found: $line\n";
    die "$left_out: $hash appears twice\n" if $reasons{$hash};
    $reasons{$hash} = "$label: $reason";
}

my $count = 0;
for my $authority (@authorities) {
    my $trust = $servers{$authority->{whose}} // die "$certdata: nothing says how far $authority->{label} is trusted\n";
    next if $trust ne 'CKT_NSS_TRUSTED_DELEGATOR' || $authority->{limited};
    my $hash = sha256_hex($authority->{der});
    if (my $reason = delete $reasons{$hash}) {
        print "left out: $reason\n";
        next;
    }
    my $slug = lc($authority->{label} =~ s/\\x[0-9A-Fa-f]{2}//gr) =~ s/[^a-z0-9]+/-/gr =~ s/^-|-$//gr;
    my $path = "$folder/$slug-" . substr($hash, 0, 8) . '.crt';
    die "$path: written twice\n" if -e $path;
    open(my $file, '>', $path) or die "$path: $!\n";
    print $file "-----BEGIN CERTIFICATE-----\n", encode_base64($authority->{der}, '') =~ s/(.{1,64})/$1\n/gr, "-----END CERTIFICATE-----\n";
    close $file or die "$path: $!\n";
    $count++;
}
if (my ($hash) = sort keys %reasons) {
    die "$left_out: $reasons{$hash}\n  leaves out nothing: $certdata has no such authority, or does not trust it. Delete the line, or correct its SHA-256\n";
}
print "$count authorities\n";
