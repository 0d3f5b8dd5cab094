using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using Guest.Rig;
using Guest.Rig.Network.Streams;
using Guest.Tool.Bench.Subjects;

namespace Guest.Tool.Bench.Loads;

/// <summary>Traffic over TCP, every byte of which is checked by the client.</summary>
internal sealed class StreamLoad(Subject subject, StreamClient client) : Load
{
    /// <summary>Questions and answers, on a connection for each exchange.</summary>
    public static StreamLoad Exchanging(Subject subject, IEnumerable<StreamExchange> exchanges)
    {
        IPEndPoint server = new(subject.Address, subject.Port);
        return new StreamLoad(subject, new ExchangeClient(subject.Network, server, exchanges) { IsThere = () => subject.Runs });
    }

    public override LoadResult Run(int units)
    {
        long before = SentAgain.CountIn(subject.Network);
        try
        {
            StreamResult result = client.Run(units);
            // More may be done than was asked for: nobody can stop a generator at once.
            return new LoadResult(Math.Max(units, result.Done), result.Done, [.. result.RoundTrips.Select(ticks => ticks * 1e6 / Stopwatch.Frequency)])
            {
                SentAgain = SentAgain.CountIn(subject.Network) - before,
            };
        }
        catch (RigException failure)
        {
            throw new RigException(string.Create(CultureInfo.InvariantCulture, $"{failure.Message}\n{subject.Report()}"), failure);
        }
    }

    public override void Dispose()
    {
        client.Dispose();
        base.Dispose();
    }
}
