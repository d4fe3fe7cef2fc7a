//! From what was typed to pages in order.

use super::{
    everyday::{self, Saying},
    index::{Index, pair},
    near::Near,
    stem::stem,
    words::{weight, words},
};
use std::collections::HashMap;

/// The most words of a query that are looked at.
const MOST_WORDS: usize = 32;
/// How fast what a page says of a word stops counting.
const SATURATION: f32 = 8.0;
/// What a page is worth that holds almost nothing of a search, beside one that holds all of it.
const LEAST: f32 = 0.2;
/// How much more a page is worth whose whole title a search says.
const TITLE: f32 = 1.2;
/// How much less a saying means where it holds but a little of the search.
const SHARE: f32 = 0.5;
/// How much two words beside one another say, beside what each does.
const PAIR: f32 = 0.5;

/// A word of a query and what it may stand for.
#[derive(Debug)]
struct Idea {
    /// How much the word says.
    weight: f32,
    /// The stems it may stand for, the nearest first.
    near: Vec<Near>,
    /// How many words the longest saying that took it over has; 0 where none did.
    said: usize,
}

/// What a saying adds to a query.
#[derive(Debug)]
struct Meant<'a> {
    words: &'a [String],
    /// Which ideas it takes over.
    covers: Vec<usize>,
    weight: f32,
}

impl Index {
    /// The pages that answer, as their places, the nearest first.
    pub(crate) fn search(&self, query: &str, most: usize) -> Vec<(u32, f32)> {
        let mut ideas = self.ideas(query);
        let sayings = sayings(&mut ideas, everyday::denies(query));
        let mut pages = self.weighed(&ideas, &sayings);
        self.lead_on(&mut pages);
        pages.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        pages.truncate(most);
        pages
    }

    fn ideas(&self, query: &str) -> Vec<Idea> {
        let mut all = words(query);
        all.truncate(MOST_WORDS);
        let mut ideas: Vec<Idea> = Vec::new();
        let mut skip = false;
        for (i, word) in all.iter().enumerate() {
            if std::mem::take(&mut skip) {
                continue;
            }
            let known = self.knows(word);
            // « al location », « rendez vous » written apart.
            if let Some(next) = all.get(i + 1)
                && (!known || !self.knows(next))
                && word.len() > 1
            {
                let joined = format!("{word}{next}");
                if self.vocabulary.pages(&joined) > 0 {
                    ideas.push(self.idea(&joined, 1.0));
                    skip = true;
                    continue;
                }
            }
            let weight = weight(word);
            if weight > 0.0 {
                ideas.push(self.idea(word, weight));
            }
        }
        let mut kept: Vec<Idea> = Vec::new();
        for idea in ideas {
            let first = idea.near.first().map(|n| n.stem.clone());
            let twice = first.is_some()
                && kept
                    .iter()
                    .any(|k| k.near.first().map(|n| &n.stem) == first.as_ref());
            if !twice {
                kept.push(idea);
            }
        }
        kept
    }

    fn knows(&self, word: &str) -> bool {
        let stem = stem(word);
        self.terms.contains_key(&stem) || everyday::list().knows(&stem)
    }

    fn idea(&self, word: &str, weight: f32) -> Idea {
        let own = stem(word);
        let mut near = Vec::new();
        if self.knows(word) {
            near.push(Near {
                stem: own.clone(),
                closeness: 1.0,
            });
            let rare = self.terms.get(&own).is_none_or(|t| t.pages <= 2);
            if rare && !everyday::list().knows(&own) && word.len() > 3 {
                near.extend(
                    self.vocabulary
                        .near(word, 4)
                        .into_iter()
                        .filter(|n| n.stem != own),
                );
            }
        } else {
            near = self.vocabulary.near(word, 5);
            near.extend(self.split(word));
            near.sort_by(|a, b| b.closeness.total_cmp(&a.closeness));
        }
        Idea {
            weight,
            near,
            said: 0,
        }
    }

    /// « lalocation », « dargent », « daloccation »: an article written with its word.
    fn split(&self, word: &str) -> Vec<Near> {
        let Some(rest) = word.strip_prefix(['l', 'd', 'j', 'm', 'n', 's', 't', 'c']) else {
            return Vec::new();
        };
        if rest.len() >= 3 && self.knows(rest) {
            let closeness = 0.95;
            let stem = stem(rest);
            return vec![Near { stem, closeness }];
        }
        if rest.len() < 4 {
            return Vec::new();
        }
        let mut near = self.vocabulary.near(rest, 3);
        for one in &mut near {
            one.closeness *= 0.9;
        }
        near
    }

    /// Every page that holds something of the query, and how near it is.
    fn weighed(&self, ideas: &[Idea], meant: &[Meant<'_>]) -> Vec<(u32, f32)> {
        let columns = ideas.len() + meant.len();
        if columns == 0 {
            return Vec::new();
        }
        let all = self.pages.len();
        // For each page: how much of each idea it holds, then of each meaning.
        let mut held = vec![0.0_f32; all * columns];
        let mut sums = vec![0.0_f32; all];
        // What pages hold, word for word, of what sayings took over.
        let mut literal = vec![0.0_f32; all];
        let mut titles = vec![0.0_f32; all];
        let mut needed = Vec::with_capacity(columns);
        for (column, idea) in ideas.iter().enumerate() {
            // One word that a saying knows is seldom a page's own: « sous », « boîte », « caisse ».
            let taken = if idea.said == 1 { 0.35 } else { 1.0 };
            let mut rarest = 0.0_f32;
            let mut best: HashMap<u32, (f32, f32, f32)> = HashMap::new();
            for near in &idea.near {
                let Some(term) = self.terms.get(&near.stem) else {
                    continue;
                };
                let rarity = self.rarity(term.pages);
                rarest = rarest.max(rarity * near.closeness);
                for posting in term.postings() {
                    let said = saturated(posting.weight) * rarity * near.closeness;
                    let title = if posting.in_title {
                        rarity * near.closeness
                    } else {
                        0.0
                    };
                    let entry = best.entry(posting.page).or_default();
                    if said > entry.0 {
                        *entry = (said, near.closeness, title);
                    }
                }
            }
            for (page, (said, closeness, title)) in best {
                let page = page as usize;
                if page < all {
                    held[page * columns + column] = closeness;
                    let into = if idea.said > 1 {
                        &mut literal
                    } else {
                        &mut sums
                    };
                    into[page] += said * idea.weight * taken;
                    titles[page] += title * idea.weight.max(0.5) * taken;
                }
            }
            needed.push(idea.weight * rarest.clamp(2.0, 6.0));
        }
        let mut meanings = vec![0.0_f32; all];
        for (i, meant) in meant.iter().enumerate() {
            self.weigh_meant(
                meant,
                ideas.len() + i,
                columns,
                (&mut held, &mut meanings, &mut titles),
            );
        }
        // A page that says it in these very words is worth one that says it in the administration's.
        for (page, sum) in sums.iter_mut().enumerate() {
            let (one, other) = (literal[page], meanings[page]);
            *sum += one.max(other) + 0.35 * one.min(other);
        }
        self.weigh_pairs(ideas, &mut sums);
        let need: f32 = needed.iter().sum();
        let mut out = Vec::new();
        for (page, facts) in self.pages.iter().enumerate() {
            if facts.prior <= 0.0 || sums[page] <= 0.0 {
                continue;
            }
            let row = &held[page * columns..(page + 1) * columns];
            let mut has = 0.0;
            for (column, needs) in needed.iter().enumerate() {
                let by_meaning = meant
                    .iter()
                    .enumerate()
                    .filter(|(_, m)| m.covers.contains(&column))
                    .map(|(i, _)| row[ideas.len() + i])
                    .fold(0.0_f32, f32::max);
                has += needs * row[column].max(by_meaning);
            }
            let coverage = if need > 0.0 { has / need } else { 0.0 };
            let title = (titles[page] / facts.title.max(4.0)).min(1.0);
            let nearness = sums[page]
                * (LEAST + (1.0 - LEAST) * coverage * coverage)
                * (1.0 + TITLE * title)
                * facts.prior;
            let place = u32::try_from(page).unwrap_or(u32::MAX);
            out.push((place, nearness));
        }
        out
    }

    /// Words that stand beside one another in the search and on a page say more than each alone.
    fn weigh_pairs(&self, ideas: &[Idea], sums: &mut [f32]) {
        for two in ideas.windows(2) {
            let [Some(one), Some(other)] = [two[0].near.first(), two[1].near.first()] else {
                continue;
            };
            let Some(term) = self.terms.get(&pair(&one.stem, &other.stem)) else {
                continue;
            };
            let closeness = one.closeness * other.closeness * two[0].weight.min(two[1].weight);
            let rarity = self.rarity(term.pages) * closeness * PAIR;
            for posting in term.postings() {
                if let Some(sum) = sums.get_mut(posting.page as usize) {
                    *sum += saturated(posting.weight) * rarity;
                }
            }
        }
    }

    fn weigh_meant(
        &self,
        meant: &Meant<'_>,
        column: usize,
        columns: usize,
        (held, sums, titles): (&mut [f32], &mut [f32], &mut [f32]),
    ) {
        // What a page holds of the meaning: how much it says, how much of it, how much in its title.
        let mut pages: HashMap<u32, (f32, f32, f32)> = HashMap::new();
        let mut need = 0.0;
        for word in meant.words {
            let Some(term) = self.terms.get(word) else {
                continue;
            };
            let rarity = self.rarity(term.pages);
            let weight = weight(word).max(0.4);
            need += rarity * weight;
            for posting in term.postings() {
                let entry = pages.entry(posting.page).or_default();
                entry.0 += saturated(posting.weight) * rarity * weight;
                entry.1 += rarity * weight;
                if posting.in_title {
                    entry.2 += rarity;
                }
            }
        }
        if need <= 0.0 {
            return;
        }
        for (page, (said, has, title)) in pages {
            let page = page as usize;
            if page >= sums.len() {
                continue;
            }
            let share = has / need;
            held[page * columns + column] = share * share * meant.weight;
            sums[page] += said * share * share * meant.weight;
            titles[page] = titles[page].max(title * share * meant.weight);
        }
    }

    /// A guided search gives its place to the pages it leads to.
    fn lead_on(&self, pages: &mut Vec<(u32, f32)>) {
        let guides: Vec<(u32, f32)> = pages
            .iter()
            .filter(|(p, _)| self.leads(*p).is_some())
            .copied()
            .collect();
        pages.retain(|(p, _)| self.leads(*p).is_none());
        for (guide, nearness) in guides {
            for to in self.leads(guide).into_iter().flatten() {
                if self.pages.get(*to as usize).is_none_or(|p| p.prior <= 0.0) {
                    continue;
                }
                match pages.iter_mut().find(|(p, _)| p == to) {
                    Some((_, own)) => *own = own.max(nearness * 0.6).max(*own + nearness * 0.08),
                    None => pages.push((*to, nearness * 0.6)),
                }
            }
        }
    }

    fn leads(&self, page: u32) -> Option<&[u32]> {
        self.pages
            .get(page as usize)
            .map(|p| p.leads_to.as_slice())
            .filter(|to| !to.is_empty())
    }
}

fn saturated(weight: f32) -> f32 {
    weight * (SATURATION + 1.0) / (weight + SATURATION)
}

/// The sayings that a query holds; one inside another gives way to it.
fn sayings(ideas: &mut [Idea], denied: bool) -> Vec<Meant<'static>> {
    let list = everyday::list();
    let known: Vec<&str> = ideas
        .iter()
        .flat_map(|i| &i.near)
        .filter(|n| n.closeness >= 0.6)
        .map(|n| n.stem.as_str())
        .collect();
    let mut found: Vec<(Vec<usize>, f32, &'static Saying)> = Vec::new();
    let sayings = list.about(&known).into_iter();
    for saying in sayings.filter(|s| denied || !s.denied) {
        let mut covers = Vec::new();
        let mut closeness = 1.0_f32;
        let alone = saying.said.len() == 1;
        let whole = saying.said.iter().all(|stem| {
            let is = |n: &&Near| {
                let same = n.stem == *stem || (!alone && list.alike(&n.stem) == stem);
                same && n.closeness >= 0.6
            };
            let place = ideas.iter().enumerate().find_map(|(i, idea)| {
                let near = idea.near.iter().find(is)?;
                Some((i, near.closeness))
            });
            place.is_some_and(|(i, near)| {
                covers.push(i);
                closeness = closeness.min(near);
                true
            })
        });
        if whole {
            covers.sort_unstable();
            found.push((covers, closeness, saying));
        }
    }
    // Of two that hold the same words, the one that also holds the « no » is the longer.
    let length = |(covers, _, saying): &(Vec<usize>, f32, &Saying)| {
        covers.len() * 2 + usize::from(saying.denied)
    };
    let kept: Vec<bool> = found
        .iter()
        .map(|one| {
            !found.iter().any(|other| {
                length(one) < length(other) && one.0.iter().all(|i| other.0.contains(i))
            })
        })
        .collect();
    let all: f32 = ideas.iter().map(|i| i.weight).sum();
    let mut meant: Vec<Meant<'static>> = Vec::new();
    for ((covers, closeness, saying), _) in found.into_iter().zip(kept).filter(|(_, kept)| *kept) {
        // A saying explains as much of a search as it holds of it.
        let held: f32 = covers.iter().map(|i| ideas[*i].weight).sum();
        let closeness = closeness * (1.0 - SHARE + SHARE * held / all);
        for i in &covers {
            ideas[*i].said = ideas[*i].said.max(saying.said.len());
        }
        for (place, words) in saying.means.iter().enumerate() {
            let weight = closeness * if place == 0 { 1.0 } else { 0.85 };
            // What several sayings mean is meant once.
            match meant.iter_mut().find(|m| m.words == words) {
                Some(same) => {
                    same.weight = same.weight.max(weight);
                    same.covers.extend(&covers);
                }
                None => meant.push(Meant {
                    words,
                    covers: covers.clone(),
                    weight,
                }),
            }
        }
    }
    meant.truncate(40);
    meant
}
