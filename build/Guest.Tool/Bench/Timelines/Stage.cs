namespace Guest.Tool.Bench.Timelines;

/// <summary>What a piece of code does for a packet or a block.</summary>
/// <param name="What">In words.</param>
/// <param name="IsTraffic">Whether it is only done for one: a timer's tick never comes here.</param>
internal sealed record Stage(string What, bool IsTraffic = false);
