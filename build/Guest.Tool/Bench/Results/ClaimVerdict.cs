namespace Guest.Tool.Bench.Results;

/// <summary>What the run says about a claim.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Verdict"><c>supported</c>, <c>refuted</c>, <c>cannot be told on this host</c> or <c>not measured in this run</c>.</param>
/// <param name="Evidence">From which figures.</param>
internal sealed record ClaimVerdict(string Claim, string Verdict, string Evidence);
