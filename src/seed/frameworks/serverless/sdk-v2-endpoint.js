'use strict';
// AWS SDK for JavaScript v2 does not read AWS_ENDPOINT_URL; frameworks built on it get it from here. Over plain http,
// as to the local AWS, it would refuse to upload streams that it cannot hash first: they are sent unsigned as over https.
const endpoint = process.env.AWS_ENDPOINT_URL;
if (endpoint) {
  const Module = require('module');
  const load = Module._load;
  const patched = new WeakSet();
  Module._load = function (name, ...rest) {
    const found = load.call(this, name, ...rest);
    const isSdk = /(^|[\\/])aws-sdk([\\/]|$)/.test(name);
    if (isSdk && found && found.config && typeof found.config.update === 'function' && !patched.has(found)) {
      patched.add(found);
      found.config.update({ endpoint, s3ForcePathStyle: true });
    }
    const S3 = isSdk && found && (found.S3 || found);
    if (S3 && S3.prototype && S3.prototype.shouldDisableBodySigning && !patched.has(S3)) {
      patched.add(S3);
      const { shouldDisableBodySigning } = S3.prototype;
      S3.prototype.shouldDisableBodySigning = function (request) {
        return request.httpRequest.endpoint.protocol === 'http:' || shouldDisableBodySigning.call(this, request);
      };
    }
    return found;
  };
}
