// The certificate that a visitor is shown, or that he is shown none.
import type { Evidence } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { unanswered } from './unanswered.ts';

const certain = { area: 'routing', level: 'cause', lasts: 'permanent', sure: 'certain' } as const;

const certificates =
  '`aws acm list-certificates --region {region} --query "CertificateSummaryList[].[DomainName,SubjectAlternativeNameSummaries,Status,NotAfter]" --output json`';
const lookAtIt = '`curl -sSvI https://{address}/ 2>&1 | grep -E "subject|issuer|expire"`';
const answers = '`curl -sS -o /dev/null -w "%{http_code}" https://{host}/` prints 200 or 302.';
const answered = 'wait-healthy says `answered 200`, or the code that the site answers.';

export const tlsRules: readonly Rule<Evidence>[] = [
  {
    ...certain,
    id: 'tls-other-name',
    symptoms: [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      "Hostname/IP does not match certificate's altnames",
      'NET::ERR_CERT_COMMON_NAME_INVALID',
      'no alternative certificate subject name matches target host name',
    ],
    sees: unanswered(/ERR_TLS_CERT_ALTNAME_INVALID|altnames/),
    cause:
      'The certificate at {address} is not for {host}: a certificate for *.example.com holds for one step only, and not for example.com itself.',
    fix: [
      `See which there are: ${certificates}; of CloudFront those of us-east-1 count.`,
      'Request one that covers {host}: `aws acm request-certificate --region {region} --domain-name "{host}" --validation-method DNS`, and when it is issued add it to the listener: `aws elbv2 add-listener-certificates --region {region} --listener-arn {listener} --certificates CertificateArn=<certificate>`; at CloudFront add {host} to the alternate domain names together with it.',
      'Or correct `host:` in {manifest} to a name that the certificate covers.',
    ],
    verify: answers,
    link: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html',
  },
  {
    ...certain,
    id: 'tls-expired',
    symptoms: ['CERT_HAS_EXPIRED', 'certificate has expired', 'NET::ERR_CERT_DATE_INVALID'],
    sees: unanswered(/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate has expired/),
    cause: 'The certificate of {address} has expired.',
    fix: [
      `See why it was not renewed: ${certificates}. ACM renews by itself while the CNAME that proves the domain is in DNS; an imported certificate never.`,
      'Put the CNAME back (`aws acm describe-certificate --region {region} --certificate-arn <certificate> --query "Certificate.DomainValidationOptions"`), or import the new one.',
    ],
    verify: answers,
    link: 'https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-renewal.html',
  },
  {
    ...certain,
    id: 'tls-untrusted',
    symptoms: [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'unable to get local issuer certificate',
    ],
    sees: unanswered(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT/),
    cause:
      'The certificate of {address} is not of an issuer that visitors trust: it is self-signed, or its intermediate certificate is missing.',
    fix: [
      `See whose it is: ${lookAtIt}.`,
      'Use a certificate of ACM, or import yours with its chain: `aws acm import-certificate --region {region} --certificate fileb://cert.pem --private-key fileb://key.pem --certificate-chain fileb://chain.pem`.',
    ],
    verify: answers,
    link: 'https://docs.aws.amazon.com/acm/latest/userguide/import-certificate.html',
  },
  {
    ...certain,
    id: 'tls-not-spoken',
    symptoms: ['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO', 'wrong version number', 'packet length too long'],
    sees: unanswered(
      /ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO|wrong version number/,
    ),
    cause: '{url} is asked with HTTPS, and what answers there speaks HTTP.',
    fix: [
      'Ask it with HTTP: the input `probe` of wait-healthy takes a whole address, and `probe: load-balancer` asks the listener as the environment manifest describes it.',
      'If it should speak HTTPS, the listener of that port needs protocol HTTPS and a certificate.',
    ],
    verify: answered,
  },
];
