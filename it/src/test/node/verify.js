// Verifies Sigstore bundles with a public key: node verify.js <key.pem> <bundle.json>...
// Prints the type of each statement, and ends with 1 if a signature is not the key's.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';

const [keyFile, ...bundles] = process.argv.slice(2);
const publicKey = crypto.createPublicKey(fs.readFileSync(keyFile));
const nobody = { mediaType: '', certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const trust = toTrustMaterial(nobody, () => ({ publicKey, validFor: () => true }));
const verifier = new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });

for (const file of bundles) {
  const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(file)));
  verifier.verify(toSignedEntity(bundle));
  console.log(JSON.parse(bundle.content.dsseEnvelope.payload).predicateType);
}
