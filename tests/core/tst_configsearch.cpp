// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/configsearch.h"
#include "tests/support/testhelpers.h"

#include <QDir>
#include <QSet>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

using Origin = FoundConfig::Origin;

class TestConfigSearch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void order_data();
    void order();
    void placesOfTheEnvironment();
};

void TestConfigSearch::order_data()
{
    QTest::addColumn<QString>("option");
    QTest::addColumn<QString>("variable");
    QTest::addColumn<QString>("workspace");
    QTest::addColumn<QStringList>("files");
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("origin");
    const QString own = s("/home/me/.config/lifeguard/lifeguard.yaml");
    const QString shared = s("/ws/lifeguard.yaml");
    QTest::newRow("option first") << s("a.yaml") << s("/b.yaml") << s("/ws") << QStringList{shared, own}
                                  << s("/cwd/a.yaml") << int(Origin::Option);
    QTest::newRow("missing file of the option")
        << s("../a.yaml") << s("") << s("/ws") << QStringList{shared} << s("/a.yaml") << int(Origin::Option);
    QTest::newRow("variable second") << s("") << s("b.yaml") << s("/ws") << QStringList{shared, own} << s("/cwd/b.yaml")
                                     << int(Origin::Variable);
    QTest::newRow("workspace third") << s("") << s("") << s("/ws") << QStringList{shared, own} << shared
                                     << int(Origin::Workspace);
    QTest::newRow("user folder last") << s("") << s("") << s("/ws") << QStringList{own} << own
                                      << int(Origin::UserFolder);
    QTest::newRow("user folder as workspace")
        << s("") << s("") << s("/home/me/.config/lifeguard") << QStringList{own} << own << int(Origin::UserFolder);
    QTest::newRow("none") << s("") << s("") << s("/ws") << QStringList{s("/ws/other.yaml")} << s("") << 0;
}

void TestConfigSearch::order()
{
    QFETCH(QString, option);
    QFETCH(QString, variable);
    QFETCH(QString, workspace);
    QFETCH(QStringList, files);
    const ConfigPlaces places{option, variable, workspace, s("/home/me/.config/lifeguard"), s("/cwd")};
    const auto found = findConfigFile(places, [&files](const QString &path) { return files.contains(path); });
    QTEST(found ? found->path : QString(), "path");
    if (!found)
        return;
    QTEST(int(found->origin), "origin");
    QCOMPARE(found->needsConsent(), found->origin == Origin::Workspace);
}

void TestConfigSearch::placesOfTheEnvironment()
{
    QProcessEnvironment environment;
    environment.insert(s("HOME"), s("/home/me"));
    environment.insert(s("LIFEGUARD_CONFIG"), s("x.yaml"));
    ConfigPlaces expected{s("o.yaml"), s("x.yaml"), s("/ws"), s("/home/me/.config/lifeguard"), QDir::currentPath()};
    QCOMPARE(ConfigPlaces::of(environment, s("o.yaml"), s("/ws")), expected);
    environment.insert(s("XDG_CONFIG_HOME"), s("relative")); // ignored, as the specification demands
    QCOMPARE(ConfigPlaces::of(environment, s("o.yaml"), s("/ws")), expected);
    environment.insert(s("XDG_CONFIG_HOME"), s("/conf/"));
    expected.userFolder = s("/conf/lifeguard");
    QCOMPARE(ConfigPlaces::of(environment, s("o.yaml"), s("/ws")), expected);
}

QTEST_GUILESS_MAIN(TestConfigSearch)
#include "tst_configsearch.moc"
