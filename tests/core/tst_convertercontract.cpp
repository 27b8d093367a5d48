// SPDX-License-Identifier: GPL-3.0-or-later
// Tests the contract of converters (docs/architecture/converters.md#the-contract-of-a-converter), which every job type
// fulfils, with the real tools: their outputs. tst_converterfailures.cpp tests jobs that do not end well.
#include "core/config/jobtypes.h"
#include "tests/support/contracttest.h"
#include "tests/support/longtests.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <algorithm>
#include <map>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Returns names of files without their suffix. suffix: the length of the longest suffix; a name has at most 255 bytes.
QStringList stems(const QString &type, qsizetype suffix)
{
    const QString letters = s("Grüße 東京 🎓 e\u0301");
    const QString lineFeed = s("a\nb");
    const QString noUtf8 = QFile::decodeName("a\xff"
                                             "b");
    const QString longest(255 - suffix, u'x');
    // Other tools take a second for each file.
    if (!isLongRun() && type != s("plantuml"))
        return {s(" it's  \"quoted\" `x` $(touch x); a & b | c > d *?[x] "),
                letters,
                s("--version"),
                s("..a%20b#c?d=e&f <b>&amp; a\\nb.."),
                lineFeed,
                noUtf8,
                longest};
    return {s(" two  words "),
            s("it's \"quoted\" `x`"),
            letters,
            s("-o"),
            s("--version"),
            s("$(touch x); a & b | c > d *?[x]"),
            s("a%20b#c?d=e&f"),
            s("a\\nb"),
            lineFeed,
            s("<b>&amp;"),
            noUtf8,
            s("..a..b.."),
            longest};
}

} // namespace

class TestConverterContract : public ContractTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase();
    void everyTypeIsTested();
    void sameInputGivesTheSameBytes_data() { addCases(); }
    void sameInputGivesTheSameBytes();
    void twoAtOnce_data() { addTypes(); }
    void twoAtOnce();
    void anyFileName_data() { addTypes(); }
    void anyFileName();

private:
    using Peers = std::map<QString, std::unique_ptr<ContractPeer>>; ///< by type

    /// Returns a peer, which is created at the first call.
    ContractPeer &peerIn(Peers &peers, const QString &type)
    {
        std::unique_ptr<ContractPeer> &peer = peers[type];
        if (!peer)
            peer = std::make_unique<ContractPeer>(*m_queue, type);
        return *peer;
    }

    // Two for each type, for all functions, because starting a tool takes much longer than a job.
    Peers m_peers;
    Peers m_foreignPeers; ///< their tools are started in another locale and time zone
    int m_rows = 0;
};

void TestConverterContract::initTestCase()
{
    m_queue = std::make_unique<QueueTest>();
}

void TestConverterContract::init()
{
    m_folder = m_queue->folder.filePath(s("row%1").arg(++m_rows));
    QVERIFY(QDir().mkpath(m_folder));
}

void TestConverterContract::cleanup()
{
    restoreEnvironment();
    QCOMPARE(leftovers(), QStringList());
}

void TestConverterContract::cleanupTestCase()
{
    m_peers.clear();
    m_foreignPeers.clear();
    m_queue.reset();
}

void TestConverterContract::everyTypeIsTested()
{
    for (const JobType &type : jobTypes()) {
        if (type.inputSuffixes.isEmpty())
            continue; // has no tool
        const QList<ContractCase> all = contractCases();
        const bool isTested = std::any_of(all.cbegin(), all.cend(),
                                          [&type](const ContractCase &kind) { return kind.type == type.name; });
        QVERIFY2(isTested, qPrintable(type.name));
    }
}

void TestConverterContract::sameInputGivesTheSameBytes()
{
    QFETCH(int, index);
    const ContractCase kind = contractCases().at(index);
    QByteArray first;
    QByteArray second;
    setVariable("TZ", "UTC");
    ContractPeer &peer = peerIn(m_peers, kind.type);
    convert(peer, kind, s("a"), first);
    convert(peer, kind, s("a"), second);
    QVERIFY2(first == second, "the second output of one process differs");
    setVariable("TZ", "Pacific/Kiritimati");
    setVariable("LC_ALL", "C"); // the encoding is ASCII
    setVariable("LANG", "de_DE.UTF-8");
    setVariable("LANGUAGE", "de");
    convert(peerIn(m_foreignPeers, kind.type), kind, s("a"), second);
    QVERIFY2(first == second, "the output of another process, in another locale and time zone, differs");
}

void TestConverterContract::twoAtOnce()
{
    QFETCH(int, index);
    const ContractCase kind = contractCases().at(index);
    QByteArray expected;
    ContractPeer &first = peerIn(m_peers, kind.type);
    ContractPeer &second = peerIn(m_foreignPeers, kind.type);
    convert(first, kind, s("a"), expected);
    const QString input = writeInput(s("a") + kind.inputSuffix, kind.input);
    const QString one = path(kind.outputName(s("one")));
    const QString two = path(kind.outputName(s("two")));
    first.start(kind, input, one);
    second.start(kind, input, two);
    QCOMPARE(first.finish().error.message, QString());
    QCOMPARE(second.finish().error.message, QString());
    QVERIFY(contentOf(one) == expected);
    QVERIFY(contentOf(two) == expected);
}

void TestConverterContract::anyFileName()
{
    QFETCH(int, index);
    const ContractCase kind = contractCases().at(index);
    const auto everything = QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot;
    const qsizetype suffix = std::max(kind.inputSuffix.size(), kind.outputName(QString()).size());
    const QStringList names = stems(kind.type, suffix);
    ContractPeer &peer = peerIn(m_peers, kind.type);
    for (int i = 0; i < names.size(); ++i) {
        const QString &stem = names.at(i);
        const QString in = path(s("in%1").arg(i));
        const QString out = path(s("out%1").arg(i));
        QVERIFY(QDir().mkpath(in) && QDir().mkpath(out));
        const QString name = stem + kind.inputSuffix;
        const QString outputName = kind.outputName(stem);
        const QString output = out + u'/' + outputName;
        write(in + u'/' + name, kind.input);
        const JobOutcome outcome = peer.run(kind, in + u'/' + name, output);
        QVERIFY2(outcome.kind == JobOutcome::Kind::Converted, qPrintable(stem + s(": ") + outcome.error.message));
        QVERIFY2(QFileInfo(output).size() > 0, qPrintable(stem));
        QCOMPARE(QDir(in).entryList(everything), QStringList{name});
        QCOMPARE(QDir(out).entryList(everything), QStringList{outputName});
        QCOMPARE(contentOf(in + u'/' + name), kind.input);
    }
}

QTEST_GUILESS_MAIN(TestConverterContract)
#include "tst_convertercontract.moc"
