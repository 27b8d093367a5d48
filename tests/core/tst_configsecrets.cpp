// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configsecrets.h"
#include "core/config/yamlreader.h"
#include "tests/support/testhelpers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace lifeguard;
using namespace lifeguard::test;

class TestConfigSecrets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filesAndVariables();
    void errorsNameThePlace();
    void withoutReader();
    void filesOfOthersAreRefused();
};

namespace {

ConfigTree treeOf(const QByteArray &environment)
{
    return ConfigTree(readYaml("pools:\n  p:\n    environment:\n" + environment).root);
}

QString variable(const ConfigTree &tree, const char *name)
{
    const YamlNode *node = tree.root().child(s("pools"))->child(s("p"))->child(s("environment"))->child(s(name));
    return node && node->kind == YamlNode::Kind::Text ? node->text : s("(none)");
}

} // namespace

void TestConfigSecrets::filesAndVariables()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(s("token")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("hunter2\n");
    file.close();
    QProcessEnvironment environment;
    environment.insert(s("KEY"), s("from the environment"));
    ConfigTree tree = treeOf("      A: {from_file: token}\n      B: {from_variable: KEY}\n      C: plain\n");
    QVERIFY(resolveSecrets(tree, s("x.yaml"), secretReader(environment, folder.path())).isEmpty());
    QCOMPARE(variable(tree, "A"), s("hunter2"));
    QCOMPARE(variable(tree, "B"), s("from the environment"));
    QCOMPARE(variable(tree, "C"), s("plain"));
}

void TestConfigSecrets::errorsNameThePlace()
{
    ConfigTree tree = treeOf("      A: {from_file: /nonexistent/x}\n      B: {from_variable: UNSET}\n"
                             "      C: {form_file: x}\n      D: {from_file: [x]}\n      E: {}\n");
    QStringList errors;
    for (const ConfigFileError &error : resolveSecrets(tree, s("x.yaml"), secretReader({}, s("/"))))
        errors.append(error.toString());
    QCOMPARE(errors.size(), 5);
    QCOMPARE(errors.at(0), s("x.yaml:4:22: pools.p.environment.A: There is no file /nonexistent/x."));
    QCOMPARE(errors.at(1), s("x.yaml:5:26: pools.p.environment.B: The variable UNSET is not set."));
    QVERIFY2(errors.at(2).contains(s("x.yaml:6:11: ")) && errors.at(2).contains(s("Did you mean 'from_file'?")),
             qPrintable(errors.at(2)));
    QVERIFY2(errors.at(3).contains(s("Found a list. Allowed is a path.")), qPrintable(errors.at(3)));
    QVERIFY2(errors.at(4).contains(s("{from_file: PATH}")), qPrintable(errors.at(4)));
}

void TestConfigSecrets::withoutReader()
{
    ConfigTree tree = treeOf("      A: {from_file: /nonexistent/x}\n      B: {other: UNSET}\n");
    QCOMPARE(resolveSecrets(tree, s("x.yaml"), {}).size(), 1);
    QCOMPARE(variable(tree, "A"), QString());
}

void TestConfigSecrets::filesOfOthersAreRefused()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(s("token")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(chmod(QFile::encodeName(file.fileName()).constData(), 0666), 0);
    ConfigTree tree = treeOf("      A: {from_file: token}\n");
    QCOMPARE(resolveSecrets(tree, s("x.yaml"), secretReader({}, folder.path())).size(), 1);
}

QTEST_GUILESS_MAIN(TestConfigSecrets)
#include "tst_configsecrets.moc"
