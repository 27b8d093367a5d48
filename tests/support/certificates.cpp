// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/certificates.h"

#include <QFile>
#include <QProcess>

namespace lifeguard::test {
namespace {

bool openssl(const QString &folder, const QStringList &arguments)
{
    QProcess program;
    program.setWorkingDirectory(folder);
    program.start(QStringLiteral("openssl"), arguments);
    return program.waitForFinished() && program.exitStatus() == QProcess::NormalExit && program.exitCode() == 0;
}

QStringList newKey(const QString &name, const QString &keyFile)
{
    return {QStringLiteral("req"),      QStringLiteral("-newkey"),
            QStringLiteral("rsa:2048"), QStringLiteral("-nodes"),
            QStringLiteral("-subj"),    QStringLiteral("/CN=") + name,
            QStringLiteral("-keyout"),  keyFile};
}

bool makeAuthority(const QString &folder, const QString &name)
{
    return openssl(folder, newKey(name, name + QStringLiteral("-key.pem"))
                               + QStringList{QStringLiteral("-x509"), QStringLiteral("-days"), QStringLiteral("2"),
                                             QStringLiteral("-out"), name + QStringLiteral(".pem")});
}

bool makeSigned(const QString &folder, const QString &name, const QString &file, const QString &keyFile,
                const QByteArray &extensions)
{
    QFile extensionFile(folder + QStringLiteral("/extensions"));
    if (!extensionFile.open(QIODevice::WriteOnly) || extensionFile.write(extensions) != extensions.size())
        return false;
    extensionFile.close();
    return openssl(folder, newKey(name, keyFile) + QStringList{QStringLiteral("-out"), QStringLiteral("request")})
        && openssl(folder, {QStringLiteral("x509"), QStringLiteral("-req"), QStringLiteral("-in"),
                            QStringLiteral("request"), QStringLiteral("-CA"), QStringLiteral("ca.pem"),
                            QStringLiteral("-CAkey"), QStringLiteral("ca-key.pem"), QStringLiteral("-CAcreateserial"),
                            QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-extfile"),
                            QStringLiteral("extensions"), QStringLiteral("-out"), file});
}

} // namespace

bool makeCertificates(const QString &folder)
{
    return makeAuthority(folder, QStringLiteral("ca")) && makeAuthority(folder, QStringLiteral("other-ca"))
        && makeSigned(folder, QStringLiteral("localhost"), QStringLiteral("server.pem"),
                      QStringLiteral("server-key.pem"),
                      "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        && makeSigned(folder, QStringLiteral("client"), QStringLiteral("cert.pem"), QStringLiteral("key.pem"),
                      "extendedKeyUsage=clientAuth\n");
}

} // namespace lifeguard::test
