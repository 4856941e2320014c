/** A text with one secret; the secret is all that may not leave. */
export interface SecretCase {
  readonly what: string
  readonly secret: string
  readonly text: string
}

/** Secrets are written with a `¦` in them, so that nobody's scanner takes this file for a leak. */
function secretCase(what: string, written: string, template: string): SecretCase {
  const secret = written.replaceAll('¦', '')
  return { what, secret, text: template.replaceAll('¦', '').replaceAll('@@', () => secret) }
}

const BODY = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj'
const pem = (label: string, newline = '\n'): string =>
  [`-----BEGIN ${label}-----`, BODY, `${BODY.slice(0, 40)}Qm9iYnk=`, `-----END ${label}-----`].join(
    newline,
  )

/** Secrets of every kind in texts as they come up in sessions. */
export const SECRET_CASES: readonly SecretCase[] = [
  // Keys by their vendors' shapes, with no name that would give them away.
  secretCase(
    'OpenAI project key',
    'sk-proj-¦Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zA7bC0dE3fG6hI9jK',
    'I pasted @@ into the settings and it still says 401.',
  ),
  secretCase(
    'OpenAI key',
    'sk-¦aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n',
    'curl https://api.openai.com/v1/models -H "Authorization: Bearer @@"',
  ),
  secretCase(
    'Anthropic key',
    'sk-ant-api03-¦x7Qm2Lr9Vt4Zk1Nb8Ws5Yp3Hd6Jf0Gc-R2u8T4i6O1a9S7dQ',
    'Does @@ work from your side?',
  ),
  secretCase(
    'OpenRouter key',
    'sk-or-v1-¦4f8a1c9e2b7d3065a1f4c8e9b2d7360514a8c9e1f2b3d4c5',
    'router key is here: @@',
  ),
  secretCase('Groq key', 'gsk_¦9aK2mN5pQ8sT1vW4yZ7bWGdyb3FYC0eF3hJ6kM9nR2uX', 'client = Groq(@@)'),
  secretCase(
    'GitHub token',
    'ghp_¦aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6',
    'git clone https://@@@github.com/acme/private.git',
  ),
  secretCase(
    'GitHub fine-grained token',
    'github_pat_¦11AB3CDEF0gH9jK2mN5pQ8_sT1vW4yZ7bC0eF3hJ6kM9nR2uX5aD8',
    'echo @@ | gh auth login --with-token',
  ),
  secretCase(
    'GitLab token',
    'glpat-¦x7Qm2Lr9Vt4Zk1Nb8Ws5',
    'remote: HTTP Basic: Access denied for oauth2:@@',
  ),
  secretCase(
    'Slack bot token',
    'xoxb-¦2048193847-3918274650183-aB3dE6gH9jK2mN5pQ8sT1vW4',
    'app.client.chat_postMessage(@@)',
  ),
  secretCase(
    'Slack webhook',
    'T02AB3CDE/B04FG5HIJ/¦aB3dE6gH9jK2mN5pQ8sT1vW4',
    "requests.post('https://hooks.slack.com/services/@@', json=payload)",
  ),
  secretCase(
    'Stripe live key',
    'sk_live_¦51H8aB3dE6gH9jK2mN5pQ8sT1vW4yZ7b',
    'Stripe says "Invalid API Key provided" for @@ in production',
  ),
  secretCase('Stripe restricted key', 'rk_live_¦51H8aB3dE6gH9jK2mN5pQ8sT', 'stripe listen @@'),
  secretCase(
    'Stripe webhook secret',
    'whsec_¦aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF',
    'Ready! Your webhook signing value is @@ (^C to quit)',
  ),
  secretCase(
    'npm token',
    'npm_¦aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6',
    '//registry.npmjs.org/:_auth¦Token=@@',
  ),
  secretCase(
    'PyPI token',
    'pypi-¦AgEIcHlwaS5vcmcCJGFiMzRlZjU2LTc4OTAtMTIzNC1hYmNk',
    'twine upload -u __token__ -p @@ dist/*',
  ),
  secretCase(
    'AWS access key id',
    'AKIA¦J5Q7X2M4RT6WZB3N',
    'aws sts says the key @@ is from another account',
  ),
  secretCase(
    'AWS secret access key',
    'wJ¦alrXUtnFEMI/K7MDENG/bPxRfiCYz9Q3kLm2Np',
    '[default]\naws_secret_access_key = @@\nregion = eu-central-1',
  ),
  secretCase(
    'Google API key',
    'AIza¦SyB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3h',
    '<script src="https://maps.googleapis.com/maps/api/js?key=@@&callback=init"></script>',
  ),
  secretCase(
    'Google OAuth client secret',
    'GOCSPX-¦aB3dE6gH9jK2mN5pQ8sT1vW4yZ7b',
    'oauth2Client = new OAuth2(id, @@, redirect)',
  ),
  secretCase(
    'Google access token',
    'ya29.¦a0AfB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n',
    'gcloud auth print-access-tok¦en\n@@',
  ),
  secretCase(
    'Azure storage key',
    'Eb¦y8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
    'DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=@@;EndpointSuffix=core.windows.net',
  ),
  secretCase(
    'Azure service bus',
    'aB3dE6gH9jK2mN5pQ8sT¦1vW4yZ7bC0eF3hJ6kM9nR2u=',
    'Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=@@',
  ),
  secretCase(
    'Azure SAS signature',
    'aB3dE6gH9jK2mN5pQ8s¦T1vW4yZ7bC0eF3hJ6kM9nR2u%3D',
    'https://acme.blob.core.windows.net/logs/a.txt?sv=2024-05-04&se=2027-01-01&sp=r&sig=@@',
  ),
  secretCase(
    'Azure app secret',
    'aB3¦8Q~dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6k',
    'az login --service-principal … and then @@ was refused',
  ),
  secretCase('Hugging Face token', 'hf_¦aBcDeFgHiJkLmNoPqRsTuVwXyZaB34cDeF', 'login(@@)'),
  secretCase(
    'SendGrid key',
    'SG.¦aB3dE6gH9jK2mN5pQ8sT1v.W4yZ7bC0eF3hJ6kM9nR2uX5aD8gK1mP4sV7yB0c',
    'new Mailer(@@)',
  ),
  secretCase(
    'Telegram bot token',
    '5839201746:¦AAHk3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3',
    'https://api.telegram.org/bot/ answered 404 with @@',
  ),
  secretCase(
    'DigitalOcean token',
    'dop_v1_¦4f8a1c9e2b7d3065a1f4c8e9b2d7360514a8c9e1f2b3d4c5a6b7c8d9e0f1a2b3',
    'doctl auth init --context prod @@',
  ),
  secretCase(
    'Databricks token',
    'dapi¦4f8a1c9e2b7d3065a1f4c8e9b2d73605',
    'spark.conf.set("fs.azure", @@)',
  ),
  secretCase('Vault token', 'hvs.¦CAESIJ3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3h', 'export VAULT=@@'),
  secretCase(
    'JWT',
    'eyJhbGciOiJIUzI1NiJ9.¦eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    'the response was {"jwt":"@@"}',
  ),

  // Headers.
  secretCase(
    'bearer header',
    'c2Vzc2lvbi0¦4f8a1c9e2b7d3065',
    'GET /me HTTP/1.1\r\nHost: api.acme.dev\r\nAuthorization: Bearer @@\r\n',
  ),
  secretCase('basic header', 'YWRtaW46¦aHVudGVyMg==', 'Authorization: Basic @@'),
  secretCase(
    'key header',
    '4f8a1c9e2b¦7d3065a1f4',
    'fetch(url, { headers: { "x-api-key": "@@" } })',
  ),
  secretCase(
    'cookie header',
    'connect.sid=s%3A¦aB3dE6gH9jK2mN5pQ8sT1vW4.yZ7bC0eF3hJ6kM9n',
    'Cookie: @@\nAccept: */*',
  ),

  // Private keys.
  secretCase('RSA key', pem('RSA PRIVATE KEY'), 'cat ~/.ssh/id_rsa\n@@\n$ exit'),
  secretCase(
    'PKCS8 key in JSON',
    pem('PRIVATE KEY', '\\n'),
    '{"type": "service_account", "private_key": "@@\\n", "client_email": "a@b.iam.gserviceaccount.com"}',
  ),
  secretCase(
    'OpenSSH key',
    pem('OPENSSH PRIVATE KEY'),
    'Here is the deploy key:\n@@\nPlease add it.',
  ),
  secretCase('PGP key', pem('PGP PRIVATE KEY BLOCK'), '@@'),

  // Passwords in addresses and on command lines.
  secretCase('postgres URL', 'S3cr¦et!pw', 'DATABASE_URL=postgres://app:@@@db.internal:5432/shop'),
  secretCase(
    'mongodb URL',
    'tr0ub4dor¦&3',
    'mongoose.connect("mongodb+srv://root:@@@cluster0.ab1cd.mongodb.net/test")',
  ),
  secretCase('redis URL', '9f8e7d¦6c5b', 'redis-cli -u redis://default:@@@10.0.0.3:6379'),
  secretCase(
    'URL password with an at sign',
    'p@ss¦w0rd!',
    'git remote add origin https://bob:@@@git.acme.dev/x.git',
  ),
  secretCase('curl user', 'hunt¦er2', 'curl -u admin:@@ https://jenkins.acme.dev/job/x'),
  secretCase('option', 'Tr0ub4¦dor', 'mysqldump --user=root --password=@@ shop > dump.sql'),
  secretCase('option with a space', 'x7Qm2L¦r9Vt4Z', 'vault login --token @@ --no-print'),

  // Names and values in code and settings.
  secretCase('dotenv', 'swordfish¦mustard', 'NODE_ENV=production\nDB_PASSWORD=@@\nPORT=3000'),
  secretCase('JSON', 'c0rrect-h0rse', '{"user": "bob", "password": "@@", "remember": true}'),
  secretCase(
    'JSON in JSON',
    'Zx9¦kLm3Q',
    '{"body":"{\\"login\\":\\"bob\\",\\"password\\":\\"@@\\"}"}',
  ),
  secretCase('YAML', 'hunter¦2', 'smtp:\n  host: mail.acme.dev\n  password: @@\n  port: 587'),
  secretCase('TypeScript', 'kT8$wq¦Z1', "const dbPassword: string = '@@'"),
  secretCase('Python', '4f8a1c9e¦2b7d30', 'API_KEY = "@@"\nclient = Client(API_KEY)'),
  secretCase('Ruby', 'aB3dE6gH¦9jK2m', "config.client_secret => '@@'"),
  secretCase(
    'XML',
    'Pa55¦w0rd1',
    '<server><username>deploy</username><password>@@</password></server>',
  ),
  secretCase('properties', 'wint3r¦Is#Coming', 'spring.datasource.password=@@'),
  secretCase(
    'connection string',
    'My$tr0ng¦Pwd',
    'Server=tcp:sql.acme.dev,1433;Database=shop;User ID=sa;Password=@@;Encrypt=True',
  ),
  secretCase('form body', 'l3tme1n¦now', 'POST /login username=bob&password=@@&next=%2F'),
  secretCase(
    'URL parameter',
    '4f8a1c9e2b7d¦3065',
    'open https://acme.dev/invite?access_token=@@&utm=mail',
  ),
  secretCase('table', 'Winter¦2026!', '| user | bob |\n| password | @@ |'),
  secretCase('generic secret', 'f3d9a1¦c7e5b2486091d4', 'encryption_key: "@@"'),
  secretCase('docker secret', 'aB3dE6gH9¦jK2mN5pQ', '  JWT_SECRET: @@\n  LOG_LEVEL: info'),

  // As people say it.
  secretCase('English', 'hunter¦2!', 'sure, my password is @@ but please change it afterwards'),
  secretCase(
    'German',
    'Sommer¦2026',
    'Das WLAN-Passwort lautet "@@", Groß- und Kleinschreibung zählt.',
  ),
  secretCase('French', 'Soleil¦-42', 'Le mot de passe est @@ pour la préproduction.'),
  secretCase('Spanish', 'Ver4no¦#x', 'La contraseña es @@, no la compartas'),
  secretCase('Portuguese', 'Lisboa¦#77', 'senha: @@'),
  secretCase('Russian', 'Zima¦2026x', 'Пароль: @@'),
  secretCase('Chinese', 'Qw3rty¦78', '数据库密码是@@，请不要外传'),
  secretCase('Japanese', 'sakura¦#39', 'パスワード：@@'),
  secretCase('Korean', 'hanok¦7731', '비밀번호는 @@ 입니다'),
  secretCase(
    'key near its name',
    '9f8e7d6c5b4a39¦2817f6e5d4',
    'the api key (prod, eu) 9f8e7d6c5b4a39¦2817f6e5d4 stopped working',
  ),

  // Money and seeds.
  secretCase('Visa', '4539 5787 ¦6362 1486', 'Charge it to @@, exp 04/29.'),
  secretCase('Mastercard', '5425233430¦109903', '{"number": "@@", "cvc": "123"}'),
  secretCase('American Express', '3782-822463-¦10005', 'Amex @@ was declined'),
  secretCase('German IBAN', 'DE89 3704 0044 ¦0532 0130 00', 'Bitte an @@ überweisen.'),
  secretCase('British IBAN', 'GB29NWBK601613¦31926819', 'IBAN=@@'),
  secretCase(
    'seed phrase',
    'legal winner thank year wave ¦sausage worth useful legal winner thank yellow',
    'My seed phrase: @@',
  ),

  // More ways to write them.
  secretCase(
    'service account key',
    'a1B2c3¦D4e5F6',
    'export OPENAI_API_KEY=sk-svcacct-@@g7H8i9J0k1L2',
  ),
  secretCase(
    'key in YAML',
    'Zz9Y¦y8Xx7',
    'ANTHROPIC_API_KEY: "sk-ant-api03-@@Ww6Vv5Uu4Tt3Ss2Rr1Qq0Pp-AA"',
  ),
  secretCase(
    'GitHub OAuth token',
    '16C7e4¦2F292c',
    '  "accessToken": "gho_@@6912E7710c838347Ae178B4a",',
  ),
  secretCase(
    'Heroku setting',
    '5f3c9a¦1b7e2d',
    '$ heroku config\nSECRET_KEY_BASE: @@4f6088aa11bb22cc33dd44ee55ff',
  ),
  secretCase('MySQL in YAML', 'roo¦tpw', 'MYSQL_ROOT_PASSWORD: @@'),
  secretCase(
    'docker variable',
    'mysecret¦password',
    'docker run -e POSTGRES_PASSWORD=@@ -d postgres',
  ),
  secretCase('redis without user', 'p4ss¦w0rd', 'redis://:@@@localhost:6379/0'),
  secretCase('amqp URL', 'gu3s¦t!pw', 'amqp://guest:@@@rabbit:5672/'),
  secretCase('JDBC parameter', 'Sec¦r3t!', 'jdbc:mysql://host/db?user=root&password=@@'),
  secretCase('sshpass', 'T0pse¦cret!', 'sshpass -p "@@" ssh root@10.0.0.1'),
  secretCase('mysql short option', 'S3cr¦etPw', 'mysql -u root -p@@ shop'),
  secretCase('wget option', 'abc1¦23xyz', 'wget --http-password=@@ https://x'),
  secretCase('German login line', 'Gehei¦m123!', 'Login: bob / Passwort: @@'),
  secretCase('pass in a line', 'Adm1n¦!2026', 'user: admin, pass: @@'),
  secretCase('short form parameter', 'Adm1¦n2026', 'username=admin&pwd=@@'),
  secretCase('spoken PIN', '48¦21', 'my PIN is @@'),
  secretCase('one-time code', '839¦201', 'Your verification code / OTP: @@'),
  secretCase('card code', '93¦1', 'CVV: @@'),
  secretCase('password of something', 'Blue-H¦orse-77', 'the root password for staging is: @@'),
  secretCase('password in backticks', 'tige¦r#99', 'password is `@@`'),
  secretCase('Polish', 'Zima¦2026#', 'Hasło to: @@'),
  secretCase('Italian', 'Estat¦e2026!', 'La password è @@'),
  secretCase('Dutch', 'Fiets¦!2026', 'wachtwoord = "@@"'),
  secretCase('Czech', 'Prah¦a2026', 'heslo: @@'),
  secretCase('Turkish', 'Ankar¦a2026!', 'şifre: @@'),
  secretCase('Ruby hash', '7fjfp0ZBr1K¦tDRbnfVdmIw', "'clientSecret' : '@@'"),
  secretCase('GitHub header', '4f8a1c¦9e2b7d', 'Authorization: token @@3065a1f4c8e9b2d73605'),
  secretCase('token header', '4f8a1c9e¦2b7d3065', 'X-Auth-Token: @@'),
  secretCase(
    'set-cookie header',
    '38afes7a¦8b3c9d1e',
    'Set-Cookie: sessionid=@@; HttpOnly; Path=/',
  ),
  secretCase(
    'Sentry DSN',
    '4f8a1c¦9e2b7d',
    'sentry dsn https://@@3065a1f4c8e9b2d73605@o1.ingest.sentry.io/2',
  ),
  secretCase(
    'aws configure',
    'aB3dE6¦gH9jK2',
    'aws configure set aws_secret_access_key @@mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n',
  ),
  secretCase(
    'AWS session token',
    'IQoJb3Jp¦Z2luX2Vj',
    'AWS_SESSION_TOKEN=@@EJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQD',
  ),
  secretCase(
    'Firebase config',
    'AIzaSyD-¦9tSrke72',
    'firebase: { apiKey: "@@PouQMnMX-a7eZSW0jkFMBWY" }',
  ),
  secretCase('XML attribute', '9f8e7d6c5b¦4a39281706', '<add key="ApiKey" value="@@" />'),
  secretCase('form field', 'hunt¦er22', '<input type="password" value="@@">'),
  secretCase('ADO.NET', 'Pa$$¦w0rd', 'ConnectionString="Server=x;Uid=sa;Pwd=@@;"'),
  secretCase('pass in JSON', 'k3yb¦0ard', '{"auth":{"user":"u","pass":"@@"}}'),
  secretCase(
    'EC key',
    'MHcCAQ¦EEIIrY',
    'ssh key:\n-----BEGIN EC PRIVATE KEY-----\n@@SSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\n-----END EC PRIVATE KEY-----',
  ),
  secretCase('plain Visa', '41111111¦11111111', 'card @@ exp 12/27'),
  secretCase('French IBAN', '3000 60¦00 0112', 'FR76 @@ 3456 7890 189'),
  secretCase(
    'wallet seed phrase',
    'abando¦n about',
    'wallet mnemonic = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon @@"',
  ),
  secretCase('hex key in words', '8f14e4¦5fceea', 'api key: @@167a5a36dedd4bea2543'),
  secretCase('German second word', 'Adle¦r!77', 'Kennwort lautet: @@'),
  secretCase('Russian sentence', 'Zvez¦da#12', 'Пароль от базы — @@'),
  secretCase('Chinese with a colon', 'Abc1¦2345', '密码：@@'),
  secretCase('Rails secret', 'b7e23e¦c29af2', 'secret_key_base = "@@2b0b4e41da31e868d572"'),
  secretCase('OAuth token in a query', 'ya29.A0¦ARrdaM8', 'token=@@abcdefgh1234567'),
  secretCase('Slack user token', 'abcdef12¦34567890', 'xoxp-123456789012-123456789012-@@'),
  secretCase('vault write', 's3cr3¦tV4lue', 'vault kv put secret/app password=@@'),
  secretCase(
    'kubectl literal',
    'S!B¦99d',
    'kubectl create secret generic db --from-literal=password=@@',
  ),
]
